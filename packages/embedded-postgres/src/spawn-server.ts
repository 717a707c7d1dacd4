import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Account } from './account.ts';
import { childOptions } from './child-options.ts';
import { lendFolder } from './lend-folder.ts';
import { serverSettings } from './settings.ts';

export interface ServerOptions {
  readonly binaries: string;
  readonly cluster: string;
  readonly account: Account;
  readonly port: number;
  readonly durable: boolean;
  readonly log: (line: string) => void;
}

/** A postgres process; `said` are its last lines. */
export interface Server {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  readonly said: () => string;
}

const KEPT_LINES = 12;

/** Starts a postgres process; whether it serves is another question. */
export const spawnServer = async (options: ServerOptions): Promise<Server> => {
  const { account, binaries, cluster, durable, log, port } = options;
  const lent = await lendFolder(cluster, account);
  const child = spawn(join(binaries, 'bin', 'postgres'), ['-D', lent.path, ...serverSettings(port, durable)], {
    ...childOptions(account),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', ...lent.descriptors],
  });
  await lent.close();
  const lines: string[] = [];
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (lines.push(line) > KEPT_LINES) lines.shift();
      log(line);
    });
  }
  // The last resort of a process that ends without having stopped it.
  const atExit = (): boolean => child.kill('SIGINT');
  process.once('exit', atExit);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      lines.push(error.message);
      resolve();
    });
  });
  void exited.then(() => process.off('exit', atExit));
  return { child, exited, said: () => lines.join('\n') };
};
