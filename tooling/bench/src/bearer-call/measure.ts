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

const fire = async (
  { name, server, path }: Target,
  { token, seconds }: { token: string; seconds: number },
): Promise<Result> => {
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
 * What each target did in each round. The targets take turns, so that whatever else the machine does falls on all of them;
 * compare them within a round, not across. The first round warms up and is left out.
 */
export const measure = async (
  targets: readonly Target[],
  options: { token: string; seconds: number; rounds: number },
): Promise<ReadonlyMap<string, readonly Result[]>> => {
  const results = new Map(targets.map(({ name }): [string, Result[]] => [name, []]));
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const target of targets) {
      const result = await fire(target, options);
      if (round > 0) results.get(target.name)?.push(result);
    }
  }
  return results;
};

/** The one in the middle, which a disturbed round does not move. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
