import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A server in a process of its own. */
export interface Child {
  readonly url: string;
  /** Microseconds of processor time it has used so far. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts one of the servers beside this file. */
export const startChild = async (file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Child> => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
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
