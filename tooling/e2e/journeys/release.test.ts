import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createEmptyDatabase, type TestDatabase } from '@moonlight/db/testing';
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
  [release, database, mailbox] = await Promise.all([installRelease(), createEmptyDatabase(), openMailbox()]);
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all([mailbox.close(), database.drop(), release.remove()]);
});

const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...baseEnv(database.url, mailbox.smtpPort),
  PATH: undefined,
  ...more,
});

/** Starts an app of the release; resolves with its address. */
const start = async (name: 'api' | 'worker', more?: NodeJS.ProcessEnv) => {
  const child = release.start([name], env(more));
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

test('in production, API and worker do not start before the command line has migrated', async () => {
  const answers = await Promise.all([release.run(['api'], env()), release.run(['worker'], env())]);
  for (const { code, output } of answers) {
    expect(code).toBe(1);
    expect(output).toMatch(/^The start failed: .+ Run `moonlight migrate` before .+\n$/);
  }
  expect(await release.run(['migrate'], env())).toMatchObject({ code: 0 });
  expect(await release.run(['migrate'], env())).toMatchObject({ code: 0 });
});

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

test('an older Node gets one sentence', async () => {
  const pretended = "Object.defineProperty(process.versions,'node',{value:'22.21.1'})";
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(pretended)}`;
  expect(await release.run(['migrate'], { NODE_OPTIONS })).toEqual({
    code: 1,
    output: 'Moonlight needs Node 24 or newer, but this is Node 22.21.1.\n',
  });
});
