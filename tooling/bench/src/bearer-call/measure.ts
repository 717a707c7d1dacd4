import autocannon from 'autocannon';
import type { Child } from './start-child.ts';

export interface Target {
  readonly name: string;
  readonly server: Child;
  readonly path: string;
}

export interface Result {
  readonly perSecond: number;
  /** Microseconds of the server's processor time per request: what a busy machine changes least. */
  readonly cpu: number;
}

const CONNECTIONS = 32;

const fire = async ({ name, server, path }: Target, { token, seconds }: { token: string; seconds: number }) => {
  const before = await server.cpu();
  const { requests, non2xx, errors } = await autocannon({
    url: server.url + path,
    headers: { authorization: `Bearer ${token}` },
    connections: CONNECTIONS,
    duration: seconds,
  });
  if (non2xx + errors > 0) throw new Error(`${name}: ${non2xx} refusals and ${errors} errors`);
  return { perSecond: requests.average, cpu: ((await server.cpu()) - before) / requests.total };
};

/**
 * What each target does at its best. The targets take turns, so that whatever else the machine does falls on all of them,
 * and the best of many short rounds is the one it disturbed least. The first round warms up and does not count.
 */
export const measure = async (
  targets: readonly Target[],
  options: { token: string; seconds: number; rounds: number },
): Promise<ReadonlyMap<string, Result>> => {
  const best = new Map<string, Result>();
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const target of targets) {
      const { perSecond, cpu } = await fire(target, options);
      const before = round < 2 ? undefined : best.get(target.name);
      best.set(target.name, {
        perSecond: Math.max(perSecond, before?.perSecond ?? 0),
        cpu: Math.min(cpu, before?.cpu ?? Infinity),
      });
    }
  }
  return best;
};
