import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatabaseClient } from './client.ts';
import { auditLog, users } from './schema.ts';
import { fieldsOf, insertInto, prepared } from './statements.ts';
import { createTestClient } from './testing.ts';
import { transaction } from './transaction.ts';

let client: DatabaseClient;
beforeAll(async () => {
  client = await createTestClient(1);
});
afterAll(() => client.close());

const at = new Date('2026-11-21T12:34:56.789Z');
const id = (n: number) => `019aa0b5-6f00-7000-8000-00000000000${n}`;

test('a prepared insert stores what Drizzle stores, with null, JSON and defaults, in any order of the fields', async () => {
  const insert = insertInto(auditLog);
  const rows = [
    { id: id(1), at, event: 'one', details: { a: [1, 'b'] }, ip: null },
    { event: 'two', details: null, id: id(2), at, userId: undefined },
  ];
  for (const row of rows) await transaction(client.db, (tx) => insert(tx, row));
  const inserted = await client.db.select().from(auditLog);
  await client.db.delete(auditLog);
  await client.db.insert(auditLog).values(rows);
  expect(inserted).toEqual(await client.db.select().from(auditLog));
  expect(inserted).toMatchObject([{ details: { a: [1, 'b'] } }, { details: null, at }]);
  const { rows: nulls } = await client.db.execute(sql`select count(*)::int as n from audit_log where details is null`);
  expect(nulls).toEqual([{ n: 1 }]);
});

test('a prepared select of all fields returns rows as Drizzle does', async () => {
  const person = { email: 'A@example.com', username: 'a', passwordHash: 'x', locale: 'en' } as const;
  await insertInto(users)(client.db, { ...person, id: id(3), createdAt: at, updatedAt: at, emailVerifiedAt: at });
  const find = prepared('find', (db) =>
    db
      .select(fieldsOf(users))
      .from(users)
      .where(eq(users.id, sql.placeholder('id'))),
  );
  expect(await find(client.db, { id: id(3) })).toEqual(await client.db.select().from(users));
  expect(await find(client.db, { id: id(4) })).toEqual([]);
});
