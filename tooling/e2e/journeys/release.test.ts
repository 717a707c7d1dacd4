import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/concurrency.ts';
import { type Mailbox, openMailbox } from '../src/mailbox.ts';
import { type InstalledRelease, installRelease } from '../src/release.ts';
import { restOf } from '../src/rest.ts';
import { buildAppsOnce } from '../src/run-app.ts';
import { baseEnv } from '../src/start-stack.ts';

let release: InstalledRelease;
let database: TestDatabase;
let mailbox: Mailbox;
const children: ChildProcess[] = [];

beforeAll(async () => {
  await buildAppsOnce();
  [release, database, mailbox] = await Promise.all([installRelease(), createTestDatabase(), openMailbox()]);
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all([mailbox.close(), database.drop(), release.remove()]);
});

/** Starts an app of the release; resolves with its address. */
const start = async (name: 'api' | 'worker', env: NodeJS.ProcessEnv = {}) => {
  const child = release.start([name], { ...baseEnv(database.url, mailbox.smtpPort), PATH: undefined, ...env });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += String(chunk)));
  const port = await until(() => {
    const found = /listening at http:\/\/127\.0\.0\.1:(\d+)|"family":"IPv4","port":(\d+)/.exec(output);
    if (found === null) throw new Error(`the ${name} is not up:\n${output}`);
    return found[1] ?? found[2];
  });
  return { child, url: `http://127.0.0.1:${port}` };
};

test('API and worker run from the release alone, on a read-only tree, and end with exit code 0', async () => {
  const [api, worker] = await Promise.all([start('api', { DOCS: 'true' }), start('worker')]);
  for (const { url } of [api, worker])
    await until(async () => expect((await fetch(`${url}/health/ready`)).ok).toBe(true));
  const rest = restOf(api.url);
  const account = { email: 'ada@example.com', username: 'ada_l', password: 'a long enough secret' };
  expect((await rest('POST /api/v1/auth/register', account)).status).toBe(201);
  expect((await mailbox.next(account.email)).to).toEqual([account.email]);
  expect((await rest('GET /docs')).text).toContain('/docs/reference.js');
  expect((await rest('GET /docs/reference.js')).text.length).toBeGreaterThan(1_000_000);
  for (const { child } of [api, worker]) {
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.exitCode).toBe(0);
  }
});
