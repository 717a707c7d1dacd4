import { outbox } from '@moonlight/db';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { sideBySide } from '../testing/people.ts';
import { deliverMail } from './deliver-mail.ts';
import { outboxStatus } from './outbox-store.ts';
import { enqueueMail } from './enqueue-mail.ts';
import { relayOutbox } from './relay-outbox.ts';

let t: TestAuth;
let handed: string[];
beforeAll(async () => {
  t = await createTestAuth();
});
beforeEach(async () => {
  handed = [];
  await t.deps.db.delete(outbox);
});
afterAll(() => t.close());

const mail = { kind: 'reset-code', to: 'bob@example.com', locale: 'en', code: '042195', expiresInMinutes: 10 } as const;
const post = () => enqueueMail({ ...t.deps, tx: t.deps.db }, mail, 600);
const mailQueue = { add: async (ids: readonly string[]) => void handed.push(...ids) };
const relay = (db = t.deps.db) => relayOutbox({ ...t.deps, db, mailQueue });
const sender = { send: async () => undefined };

test('a row whose worker was notified is left alone for five seconds; then the notification counts as lost', async () => {
  const id = await post();
  t.clock.advance(4.999);
  expect(await relay()).toBe(0);
  t.clock.advance(0.001);
  expect(await relay()).toBe(1);
  expect(handed).toEqual([id]);
});

test('what was handed over and not finished is handed over again after 30 s', async () => {
  const id = await post();
  t.clock.advance(5);
  await relay();
  t.clock.advance(29.999);
  expect(await relay()).toBe(0);
  t.clock.advance(0.001);
  expect(await relay()).toBe(1);
  expect(handed).toEqual([id, id]);
});

test('finished mails are handed over never again, and postponed ones when their pause is over', async () => {
  const [done, failed] = [await post(), await post()];
  await deliverMail({ ...t.deps, sender }, done);
  await deliverMail({ ...t.deps, sender: { send: () => Promise.reject(new Error('away')) } }, failed);
  t.clock.advance(1.999);
  expect(await relay()).toBe(0);
  t.clock.advance(0.001);
  await relay();
  expect(handed).toEqual([failed]);
});

test('two relays hand over each mail once, however many there are', async () => {
  const ids = await sideBySide(450, post);
  t.clock.advance(5);
  const other = await createTestAuth({ database: t.database, clock: t.clock });
  const counts = await sideBySide(4, (index) => relay((index % 2 === 0 ? t : other).deps.db));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(450);
  expect(handed.toSorted()).toEqual(ids.toSorted());
  await other.close();
});

test('a queue that is away is an error, and the mails are found again', async () => {
  const id = await post();
  t.clock.advance(5);
  const away = { add: () => Promise.reject(new Error('the queue is away')) };
  await expect(relayOutbox({ ...t.deps, mailQueue: away })).rejects.toThrow('away');
  t.clock.advance(30);
  await relay();
  expect(handed).toEqual([id]);
});

test('the status counts mails by state, and since when the oldest waits', async () => {
  const [id] = [await post(), await post()];
  const created = t.clock.now().getTime();
  await deliverMail({ ...t.deps, sender }, id);
  const status = await outboxStatus(t.deps.db);
  expect(status.toSorted((a, b) => a.state.localeCompare(b.state))).toEqual([
    { state: 'pending', count: 1, oldest: created },
    { state: 'sent', count: 1, oldest: created },
  ]);
});
