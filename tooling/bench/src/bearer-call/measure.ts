import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { z } from 'zod';

/** A server in its own process. */
export interface ServerProcess {
  readonly url: string;
  /** Microseconds of processor time it has used so far. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts one of the servers of `server.ts`. */
export const startServer = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<ServerProcess> => {
  const child = fork(join(import.meta.dirname, 'server.ts'), args, {
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
  const url = z.tuple([z.string()], z.unknown()).parse(await once(child, 'message'))[0];
  return {
    url,
    cpu: async () => {
      child.send('cpu');
      return z.tuple([z.number()], z.unknown()).parse(await once(child, 'message'))[0];
    },
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
};

export interface Target {
  readonly name: string;
  readonly server: ServerProcess;
  readonly path: string;
}

export interface Result {
  readonly perSecond: number;
  /** Microseconds of the server's processor time per request, which a busy machine changes least. */
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
 * Measures every target once per round. The targets take turns, so that other work of the machine affects all of them;
 * compare them within a round, not across rounds. The first round warms up and is left out.
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

/** The middle value, which a disturbed round does not change. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
