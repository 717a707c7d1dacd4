import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest';
import type { Database, DatabaseClient } from './client.ts';
import { auditLog } from './schema.ts';
import { createTestClient } from './testing.ts';
import { type Executor, transaction, type Tx } from './transaction.ts';

let client: DatabaseClient;
beforeAll(async () => {
  client = await createTestClient(2);
});
afterAll(() => client.close());

const entry = { id: '019aa0b5-6f00-7000-8000-000000000001', at: new Date(), event: 'test' };

test('the pool is not a Tx, and neither is a transaction that Drizzle opened directly', () => {
  type DrizzleTransaction = Parameters<Parameters<Database['transaction']>[0]>[0];
  expectTypeOf<Database>().not.toExtend<Tx>();
  expectTypeOf<DrizzleTransaction>().not.toExtend<Tx>();
  expectTypeOf<DrizzleTransaction>().not.toExtend<Executor>();
  expectTypeOf<Parameters<Parameters<typeof transaction>[1]>[0]>().toEqualTypeOf<Tx>();
});

test('a Tx cannot open another connection or a nested transaction; it and the pool are Executors', () => {
  expectTypeOf<Tx>().not.toHaveProperty('transaction');
  expectTypeOf<Tx>().not.toHaveProperty('$client');
  expectTypeOf<Database>().toExtend<Executor>();
  expectTypeOf<Tx>().toExtend<Executor>();
});

test('a transaction whose work rejects is rolled back, and the error passes through', async () => {
  const failing = transaction(client.db, async (tx) => {
    await tx.insert(auditLog).values(entry);
    throw new Error('broken');
  });
  await expect(failing).rejects.toThrow('broken');
  expect(await client.db.$count(auditLog)).toBe(0);
});

test('a transaction commits when its work resolves, and returns the result', async () => {
  const event = await transaction(client.db, async (tx) => {
    const [row] = await tx.insert(auditLog).values(entry).returning();
    return row?.event;
  });
  expect(event).toBe('test');
  expect(await client.db.$count(auditLog)).toBe(1);
});
