import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type DatabaseClient, openDatabase, violatedUniqueIndex } from './client.ts';
import { limits, spentCaptchas } from './schema.ts';
import { prepared } from './statements.ts';
import { createTestDatabase, type TestDatabase } from './testing.ts';
import { pipelined, transaction, type Tx } from './transaction.ts';

let database: TestDatabase;
let client: DatabaseClient;
let roundTrips = 0;
const texts: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  client = openDatabase({
    url: database.url,
    poolSize: 4,
    onError: () => undefined,
    onStatement: (text) => void texts.push(text),
    onRoundTrip: () => {
      roundTrips += 1;
    },
  });
});
beforeEach(async () => {
  await client.db.delete(spentCaptchas);
  texts.length = 0;
  roundTrips = 0;
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

const row = (hash: string) => ({ hash, expiresAt: new Date() });
const insert = async (tx: Tx, hash: string) => tx.insert(spentCaptchas).values(row(hash));
const stored = async () => (await client.db.select().from(spentCaptchas)).map(({ hash }) => hash).toSorted();

test('writes without RETURNING and the commit take one round trip, in order', async () => {
  await transaction(client.db, async (tx) => {
    await insert(tx, 'one');
    await tx.update(spentCaptchas).set({ hash: 'two' }).where(eq(spentCaptchas.hash, 'one'));
    await insert(tx, 'one');
  });
  expect(roundTrips).toBe(1);
  expect(texts.map((text) => text.split(' ', 1)[0])).toEqual(['begin;', 'insert', 'update', 'insert', 'commit']);
  expect(await stored()).toEqual(['one', 'two']);
});

test('an answer that the work waits for takes one more round trip, and sees the writes before it', async () => {
  const seen = await transaction(client.db, async (tx) => {
    await insert(tx, 'one');
    const rows = await tx.select().from(spentCaptchas);
    await insert(tx, 'two');
    return rows.length;
  });
  expect(seen).toBe(1);
  expect(roundTrips).toBe(2);
});

test('a transaction that sends nothing takes no connection', async () => {
  await transaction(client.db, async () => undefined);
  await expect(
    transaction(client.db, async (tx) => {
      await insert(tx, 'one');
      throw new Error('refused');
    }),
  ).rejects.toThrow('refused');
  expect(texts).toEqual([]);
});

test('the result of a write without RETURNING cannot be read by mistake', async () => {
  const reading = transaction(client.db, async (tx) => (await insert(tx, 'one')).rowCount);
  await expect(reading).rejects.toThrow('"rowCount" of a statement without RETURNING');
});

test('when any write fails, everything is undone and the error names the index', async () => {
  for (const work of [
    async (tx: Tx) => {
      for (const hash of ['one', 'two', 'two', 'three']) await insert(tx, hash);
    },
    async (tx: Tx) => {
      for (const hash of ['one', 'one']) await insert(tx, hash);
      await tx.select().from(spentCaptchas);
    },
  ]) {
    const failure: unknown = await transaction(client.db, work).catch((error: unknown) => error);
    expect(violatedUniqueIndex(failure)).toBe('spent_captchas_pkey');
    expect(await stored()).toEqual([]);
  }
});

test('work that ignores a failure does not commit', async () => {
  const ignoring = transaction(client.db, async (tx) => {
    await insert(tx, 'one');
    await tx.execute(sql`select 1 / 0`).catch(() => undefined);
    await insert(tx, 'two');
  });
  await expect(ignoring).rejects.toMatchObject({ code: '25P02' });
  expect(await stored()).toEqual([]);
});

test('a Tx that is used after its end is refused', async () => {
  const tx = await transaction(client.db, async (open) => {
    await insert(open, 'one');
    return { open };
  });
  await expect(insert(tx.open, 'two')).rejects.toMatchObject({ cause: { message: 'the transaction has ended' } });
  expect(await stored()).toEqual(['one']);
});

test('parallel transactions never mix, and a failing one undoes only its own writes', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) =>
      transaction(client.db, async (tx) => {
        await insert(tx, `a${index}`);
        const [found] = await tx.select({ count: sql<number>`count(*)::int` }).from(spentCaptchas);
        await insert(tx, index % 2 === 0 ? `b${index}` : `a${index}`);
        return found?.count;
      }),
    ),
  );
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(outcomes.map((_, index) => index % 2 === 0));
  const even = Array.from({ length: 20 }, (_, index) => [`a${index * 2}`, `b${index * 2}`]).flat();
  expect(await stored()).toEqual(even.toSorted());
});

test('a statement that starts while the work fails is not sent, and the connection is given back', async () => {
  for (let times = 0; times < 8; times += 1)
    await expect(
      transaction(client.db, (tx) =>
        Promise.all([tx.select().from(spentCaptchas), Promise.reject(new Error('refused'))]),
      ),
    ).rejects.toThrow('refused');
  expect(await stored()).toEqual([]);
});

test('work that fails before the first answer arrives leaves no transaction open on its connection', async () => {
  const small = openDatabase({ url: database.url, poolSize: 1, onError: () => undefined });
  await small.ping();
  const work = transaction(small.db, (tx) => {
    const answer = tx.execute(sql`select pg_sleep(0.1)`);
    const failure = new Promise((_resolve, reject) => setImmediate(() => reject(new Error('refused'))));
    return Promise.all([answer, failure]);
  });
  await expect(work).rejects.toThrow('refused');
  await small.db.insert(spentCaptchas).values(row('one'));
  expect(await stored()).toEqual(['one']);
  await small.close();
});

test('a connection that breaks in the middle undoes everything, and is replaced', async () => {
  let killed: Promise<void> | undefined;
  const broken = transaction(client.db, async (tx) => {
    await insert(tx, 'one');
    await tx.select().from(spentCaptchas);
    killed = database.disconnectAll();
    await tx.execute(sql`select pg_sleep(60)`);
  });
  await expect(broken).rejects.toMatchObject({ cause: { message: expect.stringMatching(/terminat/) } });
  await killed;
  await expect.poll(() => client.db.$client.totalCount).toBe(0);
  expect(await stored()).toEqual([]);
  await transaction(client.db, (tx) => insert(tx, 'three'));
  expect(await stored()).toEqual(['three']);
});

test('PostgreSQL itself cancels a statement that takes too long, so what was given up cannot commit later', async () => {
  const [timeout] = await transaction(client.db, async (tx) => {
    const { rows } = await tx.execute(sql`select current_setting('statement_timeout') as timeout`);
    return rows;
  });
  expect(timeout).toEqual({ timeout: '15s' });
  const slow = transaction(client.db, async (tx) => {
    await insert(tx, 'one');
    await tx.execute(sql`select set_config('statement_timeout', '50', true)`);
    await tx.execute(sql`select pg_sleep(60)`);
  });
  await expect(slow).rejects.toMatchObject({ cause: { code: '57014' } });
  expect(await stored()).toEqual([]);
  // The shorter one belonged to the transaction.
  const { rows } = await client.db.execute(sql`select current_setting('statement_timeout') as timeout`);
  expect(rows).toEqual([timeout]);
});

test('statements of a pipeline take one round trip in order, and each commits on its own', async () => {
  const names = prepared<{ hash: string }>('names', (db) => db.select().from(spentCaptchas));
  const [, inserted, failed] = await pipelined(client.db, (connection) =>
    Promise.allSettled([
      connection.insert(spentCaptchas).values(row('one')).execute(),
      connection.insert(spentCaptchas).values(row('two')).returning().execute(),
      connection.insert(spentCaptchas).values(row('two')).execute(),
      connection.insert(limits).values({ key: 'x', count: 1, resetsAt: new Date() }).execute(),
    ]),
  );
  expect(roundTrips).toBe(1);
  expect(inserted).toMatchObject({ status: 'fulfilled', value: [{ hash: 'two' }] });
  expect(failed?.status).toBe('rejected');
  const found = await pipelined(client.db, (connection) => Promise.all([names(connection, {}), names(client.db, {})]));
  expect(found.map((rows) => rows.map(({ hash }) => hash))).toEqual([
    ['one', 'two'],
    ['one', 'two'],
  ]);
});

test('a pipeline keeps its connection until every answer has arrived', async () => {
  const refused = pipelined(client.db, (connection) =>
    Promise.all([
      connection.execute(sql`select 1 / 0`),
      connection.execute(sql`select pg_sleep(0.2)`),
      connection.insert(spentCaptchas).values(row('last')),
    ]),
  );
  await expect(refused).rejects.toMatchObject({ cause: { code: '22012' } });
  expect(await stored()).toEqual(['last']);
});
