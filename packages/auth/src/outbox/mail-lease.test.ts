import { outbox, transaction } from '@moonlight/db';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { secondsAfter } from '../system.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { inParallel, tally } from '../testing/people.ts';
import type { DeliveryOutcome, MailSender } from './attempt-delivery.ts';
import { enqueueMail } from './enqueue-mail.ts';
import { createMailDelivery, outboxStatus } from './mail-delivery.ts';

let t: TestAuth;
let sent: string[];
let outcomes: DeliveryOutcome[];
beforeAll(async () => {
  t = await createTestAuth();
});
beforeEach(async () => {
  sent = [];
  outcomes = [];
  await t.deps.db.delete(outbox);
  t.statements();
});
afterAll(() => t.close());

const mail = { kind: 'reset-code', to: 'bob@example.com', locale: 'en', code: '042195', expiresInMinutes: 10 } as const;
const enqueue = () => transaction(t.deps.db, (tx) => enqueueMail(tx, t.deps, { mail, ttlSeconds: 600, request: null }));
const rowOf = async (id: string) => (await t.deps.db.select().from(outbox).where(eq(outbox.id, id)))[0];
const working: MailSender = { send: async ({ id }) => void sent.push(id) };

/** A mail server that does not answer until `answer` is called. */
const hanging = () => {
  const { promise, resolve: answer } = Promise.withResolvers<void>();
  const hung: string[] = [];
  const send: MailSender['send'] = ({ id }) => {
    hung.push(id);
    return promise;
  };
  return { hung, answer, send };
};

const start = (email: MailSender = working, deps = t.deps) => {
  const delivery = createMailDelivery(
    { ...deps, senders: { email } },
    { leaseSeconds: 120, onOutcome: (outcome) => void outcomes.push(outcome) },
  );
  return { drain: delivery.drain, finish: () => delivery.close() };
};
const deliver = async (email?: MailSender, deps?: typeof t.deps): Promise<void> => {
  const { drain, finish } = start(email, deps);
  await drain();
  await finish();
};

test('four workers send each mail once, with fewer than two statements for a mail', async () => {
  const ids = await inParallel(200, enqueue);
  t.statements();
  await inParallel(4, () => deliver());
  expect(sent.toSorted()).toEqual(ids.toSorted());
  expect(tally(outcomes)).toEqual({ sent: 200 });
  expect(t.statements().length).toBeLessThan(200);
});

test('a single mail takes two statements, and none of them opens a transaction', async () => {
  await enqueue();
  t.statements();
  await deliver();
  expect(t.statements().map((text) => text.slice(0, 15))).toEqual(['update "outbox"', 'update "outbox"']);
});

test('ten mails that the mail server does not answer hold no connection, and an eleventh is sent', async () => {
  const slow = hanging();
  const delayed = new Set(await inParallel(10, enqueue));
  const { drain, finish } = start({ send: (outgoing) => (delayed.has(outgoing.id) ? slow : working).send(outgoing) });
  await drain();
  expect(new Set(slow.hung)).toEqual(delayed);
  const { $client } = t.deps.db;
  expect($client.idleCount).toBe($client.totalCount);
  const eleventh = await enqueue();
  await drain();
  await expect.poll(() => sent, { timeout: 5000 }).toEqual([eleventh]);
  slow.answer();
  await finish();
  expect(tally(outcomes)).toEqual({ sent: 11 });
});

test('the mails of a worker that died are sent when the lease ends, and not before', async () => {
  const id = await enqueue();
  await start(hanging()).drain();
  t.clock.advance(119.999);
  await deliver();
  expect(sent).toEqual([]);
  expect(await rowOf(id)).toMatchObject({ state: 'sending', attempts: 1 });
  t.clock.advance(0.001);
  await deliver();
  expect(sent).toEqual([id]);
  expect(await rowOf(id)).toMatchObject({ state: 'sent', attempts: 2 });
});

test('a worker whose lease has ended changes nothing any more', async () => {
  const id = await enqueue();
  const slow = hanging();
  const late = start(slow);
  await late.drain();
  t.clock.advance(120);
  const next = hanging();
  const current = start(next);
  await current.drain();
  slow.answer();
  await late.finish();
  expect(outcomes).toEqual(['skipped']);
  expect(await rowOf(id)).toMatchObject({ state: 'sending', attempts: 2, payload: expect.any(String) });
  next.answer();
  await current.finish();
  expect(outcomes).toEqual(['skipped', 'sent']);
});

test('a worker that was suspended after its claim does not send', async () => {
  const id = await enqueue();
  const times = [t.clock.now(), secondsAfter(t.clock.now(), 61)];
  await deliver(working, { ...t.deps, clock: { now: () => times.shift() ?? new Date(0) } });
  expect(sent).toEqual([]);
  expect(outcomes).toEqual(['skipped']);
  t.clock.advance(120);
  await deliver();
  expect(sent).toEqual([id]);
});

test('a mail that is queued while a drain ends is sent by the same worker', async () => {
  const { drain, finish } = start();
  const [first, ids] = [drain(), inParallel(20, enqueue)];
  await Promise.all([first, ids.then(drain)]);
  await finish();
  expect(sent.toSorted()).toEqual((await ids).toSorted());
});

test('a mail that was sent while the database failed is recorded later, and not sent again', async () => {
  const id = await enqueue();
  const slow = hanging();
  const { drain, finish } = start(slow);
  onTestFinished(finish);
  await drain();
  await t.deps.db.execute(sql`alter table outbox rename to hidden`);
  slow.answer();
  await expect.poll(() => t.statements().length).toBeGreaterThan(1);
  await t.deps.db.execute(sql`alter table hidden rename to outbox`);
  await expect.poll(() => outcomes, { timeout: 5000 }).toEqual(['sent']);
  expect(await rowOf(id)).toMatchObject({ state: 'sent', attempts: 1 });
  expect(slow.hung).toEqual([id]);
});

/** What the release before sends: it locks the row of its job for as long as SMTP takes. */
const lockLikePreviousRelease = (id: string) =>
  sql`select id from outbox where id = ${id} and state = 'pending' for update skip locked`;

test('beside workers of the release before, each mail is sent by one of them', async () => {
  const id = await enqueue();
  await transaction(t.deps.db, async (tx) => {
    expect((await tx.execute(lockLikePreviousRelease(id))).rows).toHaveLength(1);
    await deliver();
  });
  expect(sent).toEqual([]);
  const slow = hanging();
  const { drain, finish } = start(slow);
  await drain();
  expect(slow.hung).toEqual([id]);
  expect((await t.deps.db.execute(lockLikePreviousRelease(id))).rows).toEqual([]);
  slow.answer();
  await finish();
});

test('the status counts unfinished mails by state and has the creation time of the oldest', async () => {
  const created = t.clock.now().getTime();
  await enqueue();
  await deliver();
  expect(await outboxStatus(t.deps)).toEqual([]);
  const slow = hanging();
  await enqueue();
  const { drain, finish } = start(slow);
  await drain();
  await enqueue();
  expect((await outboxStatus(t.deps)).toSorted((a, b) => a.state.localeCompare(b.state))).toEqual([
    { state: 'pending', kind: mail.kind, count: 1, oldest: created },
    { state: 'sending', kind: mail.kind, count: 1, oldest: created },
  ]);
  slow.answer();
  await finish();
});
