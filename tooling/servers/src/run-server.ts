import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A server program from Debian, with one configuration file. */
interface Server {
  readonly program: string;
  readonly args: readonly string[];
  readonly configuration: string;
  /** Where it listens, on loopback. */
  readonly port: number;
  /** Runs it as the user `nobody` if the tests run as root: some servers refuse to run as root. */
  readonly isUnprivileged?: boolean;
}

const UNPRIVILEGED = 65_534;
const POLL_MS = 10;

const accepts = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

/**
 * Runs a server, and resolves when it accepts connections. The path of its configuration file is its last argument. Rejects with its
 * output if it ends. The result ends it.
 */
export const runServer = async ({ program, args, configuration, port, isUnprivileged }: Server) => {
  const folder = await mkdtemp(join(tmpdir(), `moonlight-${program}-`));
  const file = join(folder, 'configuration');
  await writeFile(file, configuration);
  await chmod(folder, 0o755);
  const identity = isUnprivileged === true && process.getuid?.() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};
  const child = spawn(program, [...args, file], {
    ...identity,
    env: { PATH: [process.env['PATH'], '/usr/sbin'].join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'exit');
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with exit code ${child.exitCode}:\n${output}`);
    await pause(POLL_MS);
  }
  return async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
};
