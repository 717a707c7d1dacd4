import { type RunningPgbouncer, startPgbouncer } from '@moonlight/test-servers';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DatabaseClient, openDatabase } from './client.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { spentCaptchas } from './schema.ts';
import { createTestDatabase, type TestDatabase } from './testing.ts';
import { pipelined, transaction } from './transaction.ts';

let database: TestDatabase;
let pooler: RunningPgbouncer;
beforeAll(async () => {
  database = await createTestDatabase();
  pooler = await startPgbouncer(database.url);
});
afterAll(async () => {
  await pooler.stop();
  await database.drop();
});

const errors: Error[] = [];
let unnamed = 0;
const open = (url: string, preparedStatements: PreparedStatements): DatabaseClient => {
  unnamed = 0;
  const onUnnamed = () => void (unnamed += 1);
  return openDatabase({ url, poolSize: 8, onError: (error) => void errors.push(error), preparedStatements, onUnnamed });
};

/** One statement, some of a pipeline, and a transaction, all with values; resolves to what they saw. */
const useAll = async ({ db }: DatabaseClient, n: number) => {
  const row = { hash: `hash ${n}`, expiresAt: new Date() };
  const { rows: single } = await db.execute<{ n: number }>(sql`select ${n}::int as n`);
  const piped = await pipelined(db, (connection) =>
    Promise.all(
      [0, 1, 2].map(async (i) => (await connection.execute<{ n: number }>(sql`select ${n + i}::int as n`)).rows),
    ),
  );
  const changed = await transaction(db, async (tx) => {
    await tx.insert(spentCaptchas).values(row);
    const found = await tx.select().from(spentCaptchas).where(eq(spentCaptchas.hash, row.hash));
    await tx.delete(spentCaptchas).where(eq(spentCaptchas.hash, row.hash));
    return found.length;
  });
  return [single, ...piped].flatMap((rows) => rows.map((one) => one.n)).concat(changed);
};

const useFromAll = async (client: DatabaseClient) => {
  for (let round = 0; round < 4; round += 1) {
    const numbers = Array.from({ length: 40 }, (_, index) => round * 40 + index);
    const seen = await Promise.all(numbers.map((n) => useAll(client, n)));
    expect(seen).toEqual(numbers.map((n) => [n, n, n + 1, n + 2, 1]));
  }
};

const countNames = async ({ db }: DatabaseClient) =>
  (await db.execute<{ count: string }>(sql`select count(*) from pg_prepared_statements`)).rows[0]?.count;

test('through PgBouncer in transaction mode, statements are found to need no names, and all are right', async () => {
  const client = open(pooler.url, 'auto');
  await useFromAll(client);
  // A setting of the session would stay for its next client.
  const { rows } = await client.db.execute(sql`select current_setting('statement_timeout') as timeout`);
  expect(rows).toEqual([{ timeout: '0' }]);
  expect([unnamed, errors]).toEqual([1, []]);
  await client.ping();
  await client.close();
});

test('straight to PostgreSQL, statements keep their names, and nothing else is opened', async () => {
  const client = open(database.url, 'auto');
  await useFromAll(client);
  expect([unnamed, errors]).toEqual([0, []]);
  expect(Number(await countNames(client))).toBeGreaterThan(3);
  await client.close();
});

test('names can be turned off', async () => {
  const client = open(database.url, 'off');
  await useFromAll(client);
  expect([await countNames(client), unnamed]).toEqual(['0', 0]);
  await client.close();
});
