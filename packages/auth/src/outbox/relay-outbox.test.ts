import { outbox, transaction } from '@moonlight/db';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel } from '../testing/people.ts';
import { deliverMail } from './deliver-mail.ts';
import { enqueueMail } from './enqueue-mail.ts';
import { outboxStatus, relayOutbox } from './relay-outbox.ts';

let t: TestAuth;
let queued: string[];
beforeAll(async () => {
  t = await createTestAuth();
});
beforeEach(async () => {
  queued = [];
  await t.deps.db.delete(outbox);
});
afterAll(() => t.close());

const mail = { kind: 'reset-code', to: 'bob@example.com', locale: 'en', code: '042195', expiresInMinutes: 10 } as const;
const enqueue = () => transaction(t.deps.db, (tx) => enqueueMail(tx, t.deps, { mail, ttlSeconds: 600 }));
const mailQueue = { add: async (ids: readonly string[]) => void queued.push(...ids) };
const relay = (db = t.deps.db) => relayOutbox({ ...t.deps, db, mailQueue });
const senders = { email: { send: async () => undefined } };

test('a new row is not queued for five seconds; after that its notification counts as lost', async () => {
  const id = await enqueue();
  t.clock.advance(4.999);
  expect(await relay()).toBe(0);
  t.clock.advance(0.001);
  expect(await relay()).toBe(1);
  expect(queued).toEqual([id]);
});

test('a queued mail that is not finished is queued again after 30 s', async () => {
  const id = await enqueue();
  t.clock.advance(5);
  await relay();
  t.clock.advance(29.999);
  expect(await relay()).toBe(0);
  t.clock.advance(0.001);
  expect(await relay()).toBe(1);
  expect(queued).toEqual([id, id]);
});

test('finished mails are never queued again, and postponed ones after their pause', async () => {
  const [done, failed] = [await enqueue(), await enqueue()];
  await deliverMail({ ...t.deps, senders }, done);
  await deliverMail({ ...t.deps, senders: { email: { send: () => Promise.reject(new Error('away')) } } }, failed);
  t.clock.advance(1.999);
  expect(await relay()).toBe(0);
  t.clock.advance(0.001);
  await relay();
  expect(queued).toEqual([failed]);
});

test('two relays queue each mail once, however many there are', async () => {
  const ids = await inParallel(450, enqueue);
  t.clock.advance(5);
  const other = await createTestAuth({ database: t.database, clock: t.clock });
  const counts = await inParallel(4, (index) => relay((index % 2 === 0 ? t : other).deps.db));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(450);
  expect(queued.toSorted()).toEqual(ids.toSorted());
  await other.close();
});

test('a failing queue causes an error, and the mails are found again', async () => {
  const id = await enqueue();
  t.clock.advance(5);
  const away = { add: () => Promise.reject(new Error('the queue failed')) };
  await expect(relayOutbox({ ...t.deps, mailQueue: away })).rejects.toThrow('failed');
  t.clock.advance(30);
  await relay();
  expect(queued).toEqual([id]);
});

test('the status counts the mails in each state and has the creation time of the oldest', async () => {
  const [id] = [await enqueue(), await enqueue()];
  const created = t.clock.now().getTime();
  await deliverMail({ ...t.deps, senders }, id);
  const status = await outboxStatus(t.deps);
  expect(status.toSorted((a, b) => a.state.localeCompare(b.state))).toEqual([
    { state: 'pending', count: 1, oldest: created },
    { state: 'sent', count: 1, oldest: created },
  ]);
});
