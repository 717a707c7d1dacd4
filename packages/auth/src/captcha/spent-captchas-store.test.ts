import { type DatabaseClient, openDatabase, spentCaptchas } from '@moonlight/db';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secondsAfter } from '../clock.ts';
import { removeExpiredSpentCaptchas, spendCaptcha } from './spent-captchas-store.ts';

const NOW = new Date('2031-05-05T12:00:00Z');

let database: TestDatabase;
let client: DatabaseClient;

beforeAll(async () => {
  database = await createTestDatabase();
  client = openDatabase({ url: database.url, poolSize: 10, onError: () => undefined });
});

afterAll(async () => {
  await client.close();
  await database.drop();
});

const hashes = async () =>
  (await client.db.select().from(spentCaptchas).orderBy(spentCaptchas.hash)).map((row) => row.hash);

test('one of ten parallel calls spends a solution', async () => {
  const spent = { hash: 'parallel', expiresAt: secondsAfter(NOW, 3600) };
  const answers = await Promise.all(Array.from({ length: 10 }, () => spendCaptcha(client.db, spent)));
  expect(answers.filter(Boolean)).toHaveLength(1);
});

test('expired solutions are removed batch by batch, the oldest first, and the others are kept', async () => {
  await client.db.delete(spentCaptchas);
  for (const [hash, seconds] of [
    ['a', -2],
    ['b', 0],
    ['c', -3],
    ['d', 0.001],
  ] as const)
    await spendCaptcha(client.db, { hash, expiresAt: secondsAfter(NOW, seconds) });
  expect(await removeExpiredSpentCaptchas(client.db, NOW, 2)).toBe(2);
  expect(await hashes()).toEqual(['b', 'd']);
  expect(await removeExpiredSpentCaptchas(client.db, NOW, 2)).toBe(1);
  expect(await hashes()).toEqual(['d']);
  expect(await removeExpiredSpentCaptchas(client.db, NOW, 2)).toBe(0);
});

test('two clean-ups at once remove each solution once', async () => {
  await client.db.delete(spentCaptchas);
  const expired = Array.from({ length: 100 }, (_, n) => ({ hash: `${n}`, expiresAt: secondsAfter(NOW, -n) }));
  await client.db.insert(spentCaptchas).values(expired);
  const removed = await Promise.all([1, 2, 3].map(() => removeExpiredSpentCaptchas(client.db, NOW, 100)));
  expect(removed.reduce((sum, count) => sum + count)).toBe(100);
});
