import { once } from 'node:events';
import { createEmptyDatabase, type TestDatabase } from '@moonlight/db/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Mailbox, openMailbox } from '../src/mailbox.ts';
import { installRelease, type ReleasedApp, runRelease, startRelease } from '../src/release.ts';
import { restOf } from '../src/rest.ts';
import { buildAppsOnce } from '../src/run-app.ts';
import { baseEnv } from '../src/start-stack.ts';

let release: Awaited<ReturnType<typeof installRelease>>;
let database: TestDatabase;
let mailbox: Mailbox;
const apps: ReleasedApp[] = [];

beforeAll(async () => {
  await buildAppsOnce();
  [release, database, mailbox] = await Promise.all([installRelease(), createEmptyDatabase(), openMailbox()]);
});

afterAll(async () => {
  for (const { child } of apps) child.kill('SIGKILL');
  await Promise.all([mailbox.close(), database.drop(), release.remove()]);
});

const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...baseEnv(database.url, mailbox.smtpPort),
  PATH: undefined,
  ...more,
});
const run = (command: string) => runRelease(release, [command], env());
const start = async (name: 'api' | 'worker'): Promise<ReleasedApp> => {
  const app = await startRelease(release, name, env({ DOCS: 'true' }));
  apps.push(app);
  return app;
};

test('in production, API and worker do not start before the command line has migrated', async () => {
  for (const { code, output } of await Promise.all([run('api'), run('worker')])) {
    expect(code).toBe(1);
    expect(output).toMatch(/^The start failed: .+ Run `moonlight migrate` before .+\n$/);
  }
  expect(await run('migrate')).toMatchObject({ code: 0 });
  expect(await run('migrate')).toMatchObject({ code: 0 });
});

test('API and worker run from the release alone, on a read-only tree, and end with exit code 0', async () => {
  const [api, worker] = await Promise.all([start('api'), start('worker')]);
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
  expect(await runRelease(release, ['migrate'], { NODE_OPTIONS })).toEqual({
    code: 1,
    output: 'Moonlight needs Node 24 or newer, but this is Node 22.21.1.\n',
  });
});
