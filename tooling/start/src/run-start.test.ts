import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@moonlight/config';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { webApp } from './run-start.ts';
import { familyOf, isAlive, Run, testEnv } from './testing.ts';

// Each test starts a whole service once or twice, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

const PATIENT = { timeout: 60_000, interval: 50 };
const ACCOUNT = { email: 'ada@example.com', username: 'ada_l', password: 'a long enough secret' };

let dataDir: string;
let runs: Run[] = [];

const start = (env: NodeJS.ProcessEnv = {}): Run => {
  const run = new Run({ ...testEnv(dataDir), ...env });
  runs.push(run);
  return run;
};

const call = async (run: Run, procedure: string, input: unknown): Promise<Response> =>
  fetch(`${await run.address('API')}/trpc/${procedure}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(input),
  });

const mailsFor = async (run: Run, address: string): Promise<unknown> => {
  const answer = await fetch(`${await run.address('Inbox')}/api/messages?to=${address}&wait=20`);
  return answer.json();
};

/** Listens on a port, unless another process uses it. */
const listen = async (port: number): Promise<Server> => {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening').catch(() => undefined);
  return server;
};

const locks = async (): Promise<string[]> =>
  (await readdir(join(dataDir, 'postgres'))).filter((name) => name !== 'cluster');

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'moonlight-start-'));
  runs = [];
});

afterEach(async () => {
  for (const run of runs) await run.stop();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

describe('npm start', () => {
  test('starts a service that registers users and delivers their mail, and a second start keeps the data', async () => {
    const first = start();
    expect((await call(first, 'auth.register', ACCOUNT)).status).toBe(201);
    expect(await mailsFor(first, ACCOUNT.email)).toMatchObject({ messages: [{ to: [ACCOUNT.email] }] });
    const page = await (await fetch(await first.address('Web'))).text();
    expect(page).toContain(`name="moonlight-api" content="${await first.address('API')}"`);
    expect(first.output.slice(first.output.indexOf('is running after'))).toMatch(/^is running.*\n\n {2}Web {2,}http/);
    expect(first.output).toMatch(/\n {2}PostgreSQL {2,}postgresql:\/\/\w+:[\w-]+@127\.0\.0\.1:\d+\/moonlight\n/);
    expect(await first.stop()).toBe(0);
    const second = start();
    const { email, password } = ACCOUNT;
    expect((await call(second, 'auth.login', { email, password })).status).toBe(200);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('leaves no process and no lock after %s', async (signal) => {
    const run = start();
    await run.says('is running after');
    const family = familyOf(run.pid);
    expect(family.length).toBeGreaterThan(5);
    run.child.kill(signal);
    // npm and the bootstrap pass on the signal that the terminal has already sent: that is not a second Ctrl-C.
    expect(await run.stop(signal)).toBe(0);
    expect(run.output).not.toContain('Stopped by force.');
    expect(family.filter(isAlive)).toEqual([]);
    expect(await locks()).toEqual([]);
  });

  test('can be stopped at any moment', async () => {
    const run = start();
    await vi.waitFor(async () => expect((await locks()).join()).toContain('staging-'), PATIENT);
    const family = familyOf(run.pid);
    expect(await run.stop('SIGINT')).toBe(0);
    expect(family.filter(isAlive)).toEqual([]);
    expect(await locks()).toEqual([]);
  });
});

describe('a port in use', () => {
  test('that was set is reported in one sentence, and nothing is started', async () => {
    const server = await listen(0);
    const address = server.address();
    const PORT = String(typeof address === 'object' ? address?.port : '');
    const run = start({ PORT });
    expect(await run.ended()).toBe(1);
    expect(run.output).toContain(`PORT=${PORT} is in use`);
    expect(await readdir(dataDir)).not.toContain('postgres');
    server.close();
  });

  test('that is a default is replaced by the next free one, which is printed', async () => {
    // If another process uses the port, this test cannot listen on it, and it is in use all the same.
    const server = await listen(3000);
    const run = start({ PORT: '' });
    const port = Number(new URL(await run.address('API')).port);
    expect(port).toBeGreaterThan(3000);
    server.close();
  });
});

test('the server of the pages knows the environment, which decides about Strict-Transport-Security', () => {
  const config = loadConfig({
    APP_ENV: 'staging',
    SECRET_KEY: randomBytes(32).toString('base64'),
    DATABASE_URL: 'postgresql://localhost/moonlight',
    PUBLIC_URL: 'https://accounts.example.com',
    FRONTEND_URL: 'https://app.example.com',
    MAIL_SERVER: 'localhost',
  });
  const ports = { api: 1, web: 2, inbox: 3, inboxSmtp: 4, worker: 5 };
  expect(webApp({ mode: 'start', config, ports }).env).toMatchObject({ APP_ENV: 'staging' });
});

describe('configuration errors', () => {
  test('are all reported before anything starts', async () => {
    const run = start({ ACCESS_TOKEN_EXPIRE_MINUTES: 'soon', CAPTCHA_PROVIDER: 'guess' });
    expect(await run.ended()).toBe(1);
    expect(run.output).toMatch(
      /ACCESS_TOKEN_EXPIRE_MINUTES[\s\S]*CAPTCHA_PROVIDER|CAPTCHA_PROVIDER[\s\S]*ACCESS_TOKEN_EXPIRE_MINUTES/,
    );
    expect(await readdir(dataDir)).not.toContain('postgres');
  });

  test('that show only later stop everything: a database that cannot be reached', async () => {
    const server = await listen(0);
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    server.close();
    const run = start({ DATABASE_URL: `postgresql://nobody:x@127.0.0.1:${port}/none` });
    expect(await run.ended()).toBe(1);
    expect(run.output).toMatch(/cannot start. (api|worker): it ended with exit code 1/);
    expect(familyOf(run.pid).filter(isAlive)).toEqual([]);
  });
});

test('a mail server that does not answer does not stop the start, and is named', async () => {
  const server = await listen(0);
  const address = server.address();
  const MAIL_PORT = String(typeof address === 'object' ? address?.port : '');
  server.close();
  const run = start({ MAIL_SERVER: '127.0.0.1', MAIL_PORT, MAIL_USE_SSL: 'false' });
  expect(await run.address('API')).toContain('http://localhost:');
  await run.says(`the mail server at 127.0.0.1:${MAIL_PORT} cannot be used`);
});

describe('two starts with one data folder', () => {
  test('at the same time: one runs, the other says why it does not', async () => {
    const both = [start(), start()];
    const loser = await Promise.race(both.map(async (run) => run.ended().then(() => run)));
    expect(loser.child.exitCode).toBe(1);
    expect(loser.output).toMatch(/in use by another Moonlight \(process \d+\)/);
    const winner = both.find((run) => run !== loser);
    expect(await winner?.address('API')).toContain('http://localhost:');
  });
});

describe('a process that is killed', () => {
  test('is started again, and the terminal says so', async () => {
    const run = start();
    await run.says('is running after');
    const worker = Number(/worker +\| is up, process (\d+)/.exec(run.output)?.[1]);
    process.kill(worker, 'SIGKILL');
    await run.says('worker ended by itself (SIGKILL). Starting it again in 1 s.');
    await run.says('worker is running again, process');
    expect((await call(run, 'auth.register', ACCOUNT)).status).toBe(201);
    expect(await mailsFor(run, ACCOUNT.email)).toMatchObject({ messages: [{}] });
  });

  test('as PostgreSQL: it recovers on the same port, and the service works again', async () => {
    const run = start();
    await run.says('is running after');
    await call(run, 'auth.register', ACCOUNT);
    process.kill(Number(/postgres +\| is up, process (\d+)/.exec(run.output)?.[1]), 'SIGKILL');
    await run.says('postgres is running again, process');
    const { email, password } = ACCOUNT;
    await vi.waitFor(
      async () => expect((await call(run, 'auth.login', { email, password })).status).toBe(200),
      PATIENT,
    );
  });

  test('as the supervisor: the other processes end, and the next start keeps the data', async () => {
    const first = start();
    await first.says('is running after');
    await call(first, 'auth.register', ACCOUNT);
    const family = familyOf(first.pid);
    await first.stop('SIGKILL');
    const second = start();
    const { email, password } = ACCOUNT;
    expect((await call(second, 'auth.login', { email, password })).status).toBe(200);
    await vi.waitFor(() => expect(family.filter(isAlive)).toEqual([]), PATIENT);
  });
});
