import { createMoonlightClient } from '@moonlight/client';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { type RunningPgbouncer, startPgbouncer } from '@moonlight/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeIn, tokenIn } from '../src/mailbox.ts';
import { password } from '../src/people.ts';
import { openSql } from '../src/sql.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let database: TestDatabase;
let pooler: RunningPgbouncer;
let stack: Stack;

/** Removes all tables, so that the processes create them through the pooler. */
const empty = async (url: string): Promise<void> => {
  const sql = openSql(url);
  for (const schema of ['public', 'bullmq', 'drizzle']) await sql.query(`drop schema ${schema} cascade`);
  await sql.query('create schema public');
  await sql.close();
};

beforeAll(async () => {
  database = await createTestDatabase();
  await empty(database.url);
  pooler = await startPgbouncer(database.url);
  const env = { CAPTCHA_PROVIDER: 'none', MIGRATE_ON_START: 'true' };
  stack = await startStack({ apis: 2, databaseUrl: pooler.url, env });
});
afterAll(async () => {
  await stack.close();
  await pooler.stop();
  await database.drop();
});

/** Registers, confirms by mail, logs in, reads, refreshes, resets the password by mail, and logs out. */
const useMainFeatures = async (index: number) => {
  const { url } = stack.apis[index % 2]!;
  const client = createMoonlightClient({ url });
  const username = `user_${index}`;
  const email = `${username}@example.com`;
  await client.auth.register.mutate({ email, username, password });
  const token = tokenIn(await stack.mailbox.next(email));
  await client.emailVerification.confirm.mutate({ token });
  const { tokens } = await client.auth.login.mutate({ email, password });
  for (let times = 0; times < 10; times += 1) expect(await client.account.profile.query()).toMatchObject({ email });
  await client.auth.refresh.mutate({ refreshToken: tokens.refreshToken });
  expect(await client.account.profile.query()).toMatchObject({ username });
  await client.auth.sendCode.mutate({ email, type: 'reset_password' });
  const code = codeIn(await stack.mailbox.next(email));
  const newPassword = `${password} ${index}`;
  await client.passwordReset.confirm.mutate({ email, code, newPassword });
  await client.auth.login.mutate({ email, password: newPassword });
  await client.auth.logout.mutate();
};

test('behind PgBouncer in transaction mode everything works, also for many users at the same time', async () => {
  const users = Array.from({ length: 12 }, (_, index) => useMainFeatures(index));
  expect((await Promise.allSettled(users)).filter(({ status }) => status === 'rejected')).toEqual([]);
  for (const { url } of [...stack.apis, ...stack.workers])
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(stack.output()).not.toMatch(/"level":[56]0|a connection failed/);
  expect(stack.output()).toContain('keeps no prepared statements');
});
