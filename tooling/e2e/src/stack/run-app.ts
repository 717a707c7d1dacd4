import { type BundledApp, bundleOf } from '@moonlight/build';
import { runChild, waitUntilHealthy } from '@moonlight/start';

/** An app of ours in a process of its own. */
export interface RunningApp {
  readonly pid: number;
  /** Where the API answers; of a worker, its health and metrics. */
  readonly url: string;
  readonly isRunning: () => boolean;
  /** Everything it has written so far. */
  output(): string;
  /** Ends it without a chance to do anything, as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop and waits until it has; rejects when it did not do so cleanly. */
  stop(): Promise<void>;
}

// Each app says where it listens once it does: in Fastify's words or in those of the worker.
const PORT = /listening at http:\/\/127\.0\.0\.1:(\d+)|"family":"IPv4","port":(\d+)/;

/** Starts an app on a free port, and resolves when it says that it is ready. Rejects with its output when it ends instead. */
export const runApp = async (name: BundledApp, env: NodeJS.ProcessEnv): Promise<RunningApp> => {
  const lines: string[] = [];
  const listening = Promise.withResolvers<string>();
  const onLine = (line: string): void => {
    lines.push(line);
    const found = PORT.exec(line);
    if (found !== null) listening.resolve(`http://127.0.0.1:${found[1] ?? found[2]}`);
  };
  const output = (): string => lines.join('\n');
  const child = runChild({ script: bundleOf(name), env, onLine });
  const { exited } = child;
  let isRunning = true;
  void exited.then((how) => {
    isRunning = false;
    listening.reject(new Error(`the ${name} ended with ${how}:\n${output()}`));
  });
  const url = await listening.promise;
  await waitUntilHealthy({ url: `${url}/health/ready`, exited, signal: AbortSignal.timeout(30_000) });
  let isKilled = false;
  return {
    pid: child.pid,
    url,
    isRunning: () => isRunning,
    output,
    kill: async () => {
      isKilled = true;
      child.kill();
      await exited;
    },
    stop: async () => {
      if (isKilled) return;
      await child.stop();
      const how = await exited;
      if (how !== 'exit code 0') throw new Error(`the ${name} ended with ${how}:\n${output()}`);
    },
  };
};
