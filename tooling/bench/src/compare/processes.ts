import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { repositoryRoot } from '@moonlight/build';

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** Resident memory in MiB: now, and the most it had. */
  memory(): { readonly now: number; readonly peak: number };
  stop(): Promise<void>;
}

export const SECRET_KEY = 'only for this benchmark, 32 bytes!';
const UNLIMITED = '999999999';

/** The settings of the measured service. Its limits are out of the way, because all calls come from one address. */
const SETTINGS = {
  APP_ENV: 'test',
  LOG_LEVEL: 'warn',
  SECRET_KEY,
  CAPTCHA_PROVIDER: 'none',
  REGISTRATIONS_PER_IP_PER_HOUR: UNLIMITED,
  MAILS_PER_IP_PER_HOUR: UNLIMITED,
  SESSIONS_PER_ACCOUNT: '100',
  MAIL_SERVER: '127.0.0.1',
  MAIL_PORT: '1',
  MAIL_USE_SSL: 'false',
};

const START_SECONDS = 30;

const memoryOf = ({ pid }: ChildProcess) => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
};

const children = new Set<ChildProcess>();

/** Stops every server at once, so that the running measurement fails. */
export const killServers = (): void => {
  for (const child of children) child.kill('SIGKILL');
};

const toProcess = (child: ChildProcess, url: string): ServerProcess => ({
  url,
  memory: () => memoryOf(child),
  stop: async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  },
});

/** Starts a script that prints its URL as its first line. */
export const startScript = async (
  script: string,
  args: readonly string[],
  databaseUrl = '',
): Promise<ServerProcess> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', DATABASE_URL: databaseUrl },
  });
  children.add(child);
  for await (const url of createInterface({ input: child.stdout })) return toProcess(child, url);
  throw new Error(`${script} ended before it listened: read its messages above.`);
};

export interface ServiceOptions {
  readonly databaseUrl: string;
  /** Replaces argon2id by a comparison, to show what the rest of a call costs. */
  readonly withoutHash?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** A port that is free now. */
const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return address === null || typeof address === 'string' ? '0' : String(address.port);
};

/** Starts the built API or worker and waits until it answers. */
export const startService = async (
  app: 'api' | 'worker',
  { databaseUrl, withoutHash = false, env = {} }: ServiceOptions,
): Promise<ServerProcess & { readonly startMs: number }> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const preload = withoutHash ? ['--import', join(import.meta.dirname, 'without-hash.ts')] : [];
  const started = performance.now();
  const child = spawn(process.execPath, [...preload, join(repositoryRoot, 'apps', app, 'dist', 'main.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...SETTINGS,
      DATABASE_URL: databaseUrl,
      PORT: port,
      WORKER_PORT: port,
      PUBLIC_URL: url,
      ...env,
    },
  });
  children.add(child);
  const isUp = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isUp())) {
    if (child.exitCode !== null || performance.now() - started > START_SECONDS * 1000)
      throw new Error(`The ${app} did not start: build it with npm run build, and read its messages above.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { ...toProcess(child, url), startMs: performance.now() - started };
};
