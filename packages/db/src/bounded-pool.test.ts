import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isDatabaseUnavailable } from './unavailable.ts';
import { type DatabaseClient, openDatabase } from './client.ts';
import { createTestClient } from './testing.ts';
import { transaction } from './transaction.ts';

let client: DatabaseClient;
beforeAll(async () => {
  client = await createTestClient(1, { connectMs: 800, statementMs: 5000 });
});
afterAll(() => client.close());

const select = () => client.db.execute(sql`select 1`);
const isBusy = (call: Promise<unknown>) => call.then(() => false, isDatabaseUnavailable);

/** Keeps the only connection until the returned function is called. */
const hold = async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const done = transaction(client.db, async (tx) => {
    await tx.execute(sql`select 1`);
    began.resolve();
    await promise;
  });
  await began.promise;
  return () => {
    resolve();
    return done;
  };
};

test('100 calls wait for each connection, further ones fail at once, and the waiting ones succeed', async () => {
  const release = await hold();
  const waiting = Array.from({ length: 100 }, () => isBusy(select()));
  expect(await isBusy(select())).toBe(true);
  expect(await isBusy(transaction(client.db, (tx) => tx.execute(sql`select 1`)))).toBe(true);
  await release();
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => false));
  expect(await isBusy(select())).toBe(false);
});

test('a call that waits too long for a connection fails as busy', async () => {
  const release = await hold();
  expect(await isBusy(select())).toBe(true);
  await release();
  expect(await isBusy(select())).toBe(false);
});

test('an error of a statement is not an outage, and a database that cannot be reached is one', async () => {
  expect(await isBusy(client.db.execute(sql`select broken`))).toBe(false);
  const unreachable = openDatabase({ url: 'postgresql://127.0.0.1:1/none', poolSize: 1, onError: () => undefined });
  await expect(unreachable.ping()).rejects.toSatisfy(isDatabaseUnavailable);
  await unreachable.close();
});
