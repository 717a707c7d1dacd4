import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMoonlightClient } from '@moonlight/client';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@moonlight/embedded-postgres';
import { freePort } from '@moonlight/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, registerAndLogIn } from '../src/people.ts';
import { restOf } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';
import { until } from '../src/concurrency.ts';

let dataDir: string;
let postgres: EmbeddedPostgres;
let stack: Stack;
// Both processes start on an empty database; the first one creates the tables.
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'moonlight-outage-'));
  postgres = await startEmbeddedPostgres({ dataDir, port: await freePort() });
  const env = { CAPTCHA_PROVIDER: 'none', MIGRATE_ON_START: 'true' };
  stack = await startStack({ databaseUrl: postgres.url, env });
});
afterAll(async () => {
  await stack.close();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const comeBack = async () => {
  postgres = await startEmbeddedPostgres({ dataDir, port: postgres.port });
};

const readiness = async (url: string) => {
  const answer = await fetch(`${url}/health/ready`);
  return { status: answer.status, body: await answer.json() };
};
const all = () => [...stack.apis, ...stack.workers];
const untilReady = (status: number) =>
  until(async () => {
    for (const { url } of all()) expect(await readiness(url)).toMatchObject({ status });
  });

test('while PostgreSQL is stopped, readiness names it and calls fail without details; then everything recovers', async () => {
  const { client, email } = await registerAndLogIn(stack.url);
  await stack.mailbox.next(email);
  const token = await client.accessToken();
  await postgres.stop();

  await untilReady(503);
  for (const { url } of all())
    expect(await readiness(url)).toEqual({
      status: 503,
      body: { status: 'unavailable', unavailable: ['database', 'queue'] },
    });
  const rest = restOf(stack.url);
  expect(await rest('GET /health')).toMatchObject({ status: 200, body: { status: 'healthy' } });
  const calls = [
    await rest('GET /api/v1/auth/profile', undefined, { token }),
    await rest('POST /api/v1/auth/login', { email, password }),
    await rest('POST /api/v1/auth/register', { email: 'new@example.com', username: 'new', password }),
    await rest(`GET /api/v1/auth/verify/${'A'.repeat(43)}`),
  ];
  for (const { status, body, headers } of calls) {
    const id = headers.get('x-request-id');
    expect([status, headers.get('retry-after'), body]).toEqual([
      503,
      '1',
      { code: 503, message: 'Busy, try again shortly', error: 'OVERLOADED', retry_after: 1, request_id: id },
    ]);
  }
  await expect(client.account.profile.query()).rejects.toMatchObject({
    message: 'Busy, try again shortly',
    data: { error: 'OVERLOADED', retryAfter: 1 },
  });
  // The log names the reason, but not once for each call.
  const began = performance.now();
  await Promise.all(Array.from({ length: 200 }, () => rest('GET /api/v1/auth/profile', undefined, { token })));
  const lines = stack.apis[0]!.output().match(/a connection failed/g) ?? [];
  expect(stack.apis[0]!.output()).toContain('ECONNREFUSED');
  expect(lines.length).toBeLessThan(20 + (performance.now() - began) / 500);

  await comeBack();
  await untilReady(200);
  expect(await client.account.profile.query()).toMatchObject({ email });
  const visitor = createMoonlightClient({ url: stack.url });
  await visitor.auth.register.mutate({ email: 'new@example.com', username: 'new', password });
  expect((await stack.mailbox.next('new@example.com')).subject).toBe('Verify your email for Moonlight');
  expect(all().map(({ isRunning }) => isRunning())).toEqual([true, true]);
});

test('after PostgreSQL was killed, a queued mail still arrives', async () => {
  const { client, email } = await registerAndLogIn(stack.url);
  await stack.mailbox.next(email);
  await client.auth.sendCode.mutate({ email, type: 'reset_password' });
  process.kill(postgres.pid, 'SIGKILL');
  await postgres.exited;
  await postgres.stop();
  await comeBack();
  await untilReady(200);
  expect((await stack.mailbox.next(email)).subject).toBe('Your password reset code for Moonlight');
  expect(await client.account.profile.query()).toMatchObject({ email });
  expect(all().map(({ isRunning }) => isRunning())).toEqual([true, true]);
});
