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

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/**
 * What each target does: medians of several rounds. The targets take turns, so that whatever else the machine does falls
 * on all of them; the first round warms up and does not count.
 */
export const measure = async (
  targets: readonly Target[],
  options: { token: string; seconds: number; rounds: number },
): Promise<ReadonlyMap<string, Result>> => {
  const results = new Map(targets.map(({ name }) => [name, [] as Result[]]));
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const target of targets) {
      const result = await fire(target, options);
      if (round > 0) results.get(target.name)?.push(result);
    }
  }
  const medians = (all: readonly Result[]) => ({
    perSecond: median(all.map(({ perSecond }) => perSecond)),
    cpu: median(all.map(({ cpu }) => cpu)),
  });
  return new Map([...results].map(([name, all]) => [name, medians(all)]));
};
