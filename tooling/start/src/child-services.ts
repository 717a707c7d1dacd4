import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '@moonlight/build';
import { runChild, type RunningChild } from './run-child.ts';
import type { Service } from './service.ts';
import type { Terminal } from './terminal.ts';
import { waitUntilHealthy } from './wait-until-healthy.ts';

const INBOX = join(repositoryRoot, 'tooling', 'start', 'src', 'inbox', 'main.ts');

const orStop = async (running: RunningChild, useful: Promise<unknown>): Promise<RunningChild> => {
  try {
    await useful;
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
};

/** A program that serves. */
export interface App {
  readonly name: string;
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  /** Answers 200 when the app is ready. */
  readonly healthUrl: string;
}

/** An app that says when it is ready. */
export const appService = ({ name, script, env, healthUrl }: App, terminal: Terminal): Service => ({
  name,
  start: (signal) => {
    const running = runChild({ script, env, onLine: (line) => terminal.pass(name, line) });
    return orStop(running, waitUntilHealthy({ url: healthUrl, exited: running.exited, signal }));
  },
});

/** The dev inbox, on the ports `env` names. */
export const inboxService = (env: NodeJS.ProcessEnv, terminal: Terminal): Service => ({
  name: 'inbox',
  start: (signal) => {
    const running = runChild({ script: INBOX, env, onLine: (line) => terminal.pass('inbox', line) });
    const failed = running.exited.then((how) => {
      throw new Error(`it ended with ${how}; its last lines are above`);
    });
    return orStop(running, Promise.race([once(running.child, 'message', { signal }), failed]));
  },
});
