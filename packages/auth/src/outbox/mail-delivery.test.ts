import { outbox, transaction } from '@moonlight/db';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seal } from '../secrets/secrets.ts';
import { newId, secondsAfter } from '../system.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { type DeliveryOutcome, MailRefusedError, type MailSender, type OutgoingMail } from './attempt-delivery.ts';
import { enqueueMail } from './enqueue-mail.ts';
import { createMailDelivery } from './mail-delivery.ts';

let t: TestAuth;
let sent: OutgoingMail[];
beforeAll(async () => {
  t = await createTestAuth();
});
beforeEach(async () => {
  sent = [];
  await t.deps.db.delete(outbox);
});
afterAll(() => t.close());

const mail = { kind: 'reset-code', to: 'Bob@Example.com', locale: 'en', code: '042195', expiresInMinutes: 10 } as const;
const enqueue = (ttlSeconds = 600) =>
  transaction(t.deps.db, (tx) => enqueueMail(tx, t.deps, { mail, ttlSeconds, request: null }));
const rowOf = async (id: string) => (await t.deps.db.select().from(outbox).where(eq(outbox.id, id)))[0];

/** A row with a payload that another release sealed. */
const insertPayload = async (payload: unknown): Promise<string> => {
  const now = t.clock.now();
  const id = newId(t.deps.random, now);
  const plaintext = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const sealed = seal(t.deps.secrets.outbox, { context: id, plaintext }, t.deps.random);
  const times = { createdAt: now, dueAt: now, expiresAt: secondsAfter(now, 600) };
  await t.deps.db.insert(outbox).values({ id, kind: 'any', payload: sealed, ...times });
  return id;
};

const working: MailSender = { send: async (outgoing) => void sent.push(outgoing) };
const failing = (reason: Error): MailSender => ({ send: () => Promise.reject(reason) });
/** Sends the mails that are due; resolves with the outcome of each when they are recorded. */
const deliver = async (email = working, deps = t.deps): Promise<DeliveryOutcome[]> => {
  const outcomes: DeliveryOutcome[] = [];
  const delivery = createMailDelivery(
    { ...deps, senders: { email } },
    { onOutcome: (outcome) => void outcomes.push(outcome) },
  );
  await delivery.drain();
  await delivery.close();
  return outcomes;
};

test('a mail is sent as it was queued, once, and its payload is wiped', async () => {
  const id = await enqueue();
  expect(await rowOf(id)).toMatchObject({ channel: 'email', kind: 'reset-code', state: 'pending' });
  expect(await deliver()).toEqual(['sent']);
  expect(sent).toEqual([{ id, mail }]);
  expect(await rowOf(id)).toMatchObject({ state: 'sent', payload: null, attempts: 1, finishedAt: t.clock.now() });
  expect(await deliver()).toEqual([]);
  expect(sent).toHaveLength(1);
});

test('a mail is sent at once by a worker whose clock is an hour behind', async () => {
  await enqueue(86_400);
  const clock = { now: () => secondsAfter(t.clock.now(), -3600) };
  expect(await deliver(working, { ...t.deps, clock })).toEqual(['sent']);
});

test('unless a failure is permanent, delivery is retried after growing pauses of at most five minutes', async () => {
  const id = await enqueue(86_400);
  const pauses: number[] = [];
  for (let tries = 1; tries <= 10; tries += 1) {
    expect(await deliver(failing(new Error('connect ETIMEDOUT 192.0.2.1:25')))).toEqual(['postponed']);
    const row = await rowOf(id);
    pauses.push(((row?.dueAt.getTime() ?? 0) - t.clock.now().getTime()) / 1000);
    expect(row).toMatchObject({ state: 'pending', attempts: tries });
    t.clock.advance(pauses.at(-1) ?? 0);
  }
  expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  expect(await deliver()).toEqual(['sent']);
  expect(sent).toEqual([{ id, mail }]);
});

test('after a permanent refusal the mail is not retried, and the payload is wiped', async () => {
  const id = await enqueue();
  expect(await deliver(failing(new MailRefusedError('550')))).toEqual(['refused']);
  expect(await rowOf(id)).toMatchObject({ state: 'refused', payload: null, attempts: 1, lastError: '550' });
  expect(await deliver()).toEqual([]);
});

test('an expired mail is dropped, recorded and wiped, exactly from its expiry on', async () => {
  await enqueue(600);
  t.clock.advance(599.999);
  expect(await deliver()).toEqual(['sent']);
  t.clock.advance(0.001);
  const late = await enqueue(0);
  expect(await deliver()).toEqual(['expired']);
  expect(await rowOf(late)).toMatchObject({ state: 'expired', payload: null, attempts: 0, lastError: 'too late' });
  expect(sent).toHaveLength(1);
});

test('the row of a dropped mail keeps the error of the last attempt', async () => {
  const id = await enqueue(600);
  await deliver(failing(Object.assign(new Error('the text may hold bob@example.com'), { code: 'ECONNREFUSED' })));
  t.clock.advance(600);
  expect(await deliver()).toEqual(['expired']);
  expect(await rowOf(id)).toMatchObject({ lastError: 'ECONNREFUSED' });
});

test('a payload of another SECRET_KEY is dropped, not retried for ever', async () => {
  const id = await enqueue();
  const other = await createTestAuth({ database: t.database, clock: t.clock, secretKey: 'another secret of tests' });
  expect(await deliver(working, other.deps)).toEqual(['expired']);
  expect(await rowOf(id)).toMatchObject({ state: 'expired', payload: null, lastError: 'unreadable payload' });
  await other.close();
});

test('a mail that the previous release queued is sent, also one of a kind that was renamed', async () => {
  await insertPayload(mail);
  expect(await deliver()).toEqual(['sent']);
  const alert = { to: 'Bob@Example.com', locale: 'zh-CN', username: 'Bob', at: '2026-11-20T12:00:00.250Z', ip: '::1' };
  const id = await insertPayload({ kind: 'session-ended', ...alert });
  expect(await deliver()).toEqual(['sent']);
  expect(sent[0]?.mail).toEqual(mail);
  expect(sent[1]).toEqual({ id, mail: { kind: 'refresh-token-reuse-alert', ...alert } });
});

test('a verification link of version 1 is sent; it says nothing about the registration', async () => {
  const { to, locale } = mail;
  const link = { kind: 'verification-link', to, locale, url: 'https://app.example.com/', expiresInMinutes: 15 };
  await insertPayload({ version: 1, ...link });
  expect(await deliver()).toEqual(['sent']);
  expect(sent[0]?.mail).toEqual(link);
});

test.each([
  ['of a newer version', { ...mail, version: 3 }],
  ['of an unknown kind', { version: 1, ...mail, kind: 'party-invitation' }],
  ['of an unknown kind without a version', { ...mail, kind: 'party-invitation' }],
  ['with the renamed kind in a version that never had it', { version: 1, ...mail, kind: 'session-ended' }],
  ['without a field', { version: 1, ...mail, code: undefined }],
  ['with a link that is no URL', { version: 1, ...mail, kind: 'reset-link', url: 'nowhere' }],
  ['that is no object', '"text"'],
  ['that is no JSON', 'text'],
])('a payload %s is retried until it expires, because a newer release may be able to read it', async (_, payload) => {
  const id = await insertPayload(payload);
  expect(await deliver()).toEqual(['postponed']);
  const lastError = payload === 'text' ? 'SyntaxError' : 'UNKNOWN_PAYLOAD';
  expect(await rowOf(id)).toMatchObject({ state: 'pending', payload: expect.any(String), attempts: 1, lastError });
  t.clock.advance(600);
  expect(await deliver()).toEqual(['expired']);
  expect(await rowOf(id)).toMatchObject({ state: 'expired', payload: null, lastError });
  expect(sent).toEqual([]);
});

test('a mail of a channel that a newer release added is retried', async () => {
  const id = await enqueue();
  await t.deps.db.execute(sql`update outbox set channel = 'carrier-pigeon' where id = ${id}`);
  expect(await deliver()).toEqual(['postponed']);
  expect(await rowOf(id)).toMatchObject({ state: 'pending', attempts: 1 });
});

test('a rendering that failed is repeated, and the name of its error is recorded', async () => {
  const id = await enqueue();
  const broken = failing(new TypeError('Cannot read properties of undefined'));
  expect(await deliver(broken)).toEqual(['postponed']);
  expect(await rowOf(id)).toMatchObject({ state: 'pending', attempts: 1, lastError: 'TypeError' });
  t.clock.advance(2);
  expect(await deliver()).toEqual(['sent']);
  expect(await rowOf(id)).toMatchObject({ state: 'sent', attempts: 2, lastError: null });
});

test('neither log nor table contains the email address, the code or the mail server’s answer', async () => {
  const lines: unknown[] = [];
  const write = (fields: object, message: string) => void lines.push(fields, message);
  const deps = { ...t.deps, log: { info: write, warn: write, error: write } };
  const talkative = Object.assign(new Error('550 bob@example.com is unknown, code 042195'), { responseCode: 450 });
  for (const sender of [failing(talkative), failing(new MailRefusedError('550 5.1.1')), working]) {
    await enqueue();
    await deliver(sender, deps);
  }
  const rows = await t.deps.db.select().from(outbox);
  const seen = JSON.stringify([lines, rows.map((row) => ({ ...row, payload: '' }))]).toLowerCase();
  for (const secret of ['bob', 'example.com', '042195']) expect(seen).not.toContain(secret);
  expect(lines).toHaveLength(6);
});
