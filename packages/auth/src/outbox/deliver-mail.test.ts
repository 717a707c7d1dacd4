import { outbox } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { sideBySide, tally } from '../testing/people.ts';
import { deliverMail } from './deliver-mail.ts';
import { MailRefusedError, type MailSender, type OutgoingMail } from './mail.ts';
import { enqueueMail } from './enqueue-mail.ts';

let t: TestAuth;
let sent: OutgoingMail[];
beforeAll(async () => {
  t = await createTestAuth();
});
beforeEach(() => {
  sent = [];
});
afterAll(() => t.close());

const mail = { kind: 'reset-code', to: 'Bob@Example.com', locale: 'en', code: '042195', expiresInMinutes: 10 } as const;
const post = (ttlSeconds = 600) => enqueueMail({ ...t.deps, tx: t.deps.db }, mail, ttlSeconds);
const rowOf = async (id: string) => (await t.deps.db.select().from(outbox).where(eq(outbox.id, id)))[0];

const working: MailSender = { send: async (outgoing) => void sent.push(outgoing) };
const failing = (reason: Error): MailSender => ({ send: () => Promise.reject(reason) });
const deliver = (id: string, sender = working, deps = t.deps) => deliverMail({ ...deps, sender }, id);

test('a mail is sent as it was promised, once, and its payload is wiped', async () => {
  const id = await post();
  expect(await deliver(id)).toBe('sent');
  expect(sent).toEqual([{ id, mail }]);
  expect(await rowOf(id)).toMatchObject({ state: 'sent', payload: null, attempts: 1, finishedAt: t.clock.now() });
  expect(await deliver(id)).toBe('skipped');
  expect(sent).toHaveLength(1);
});

test('two workers never send one mail', async () => {
  const id = await post();
  const slow: MailSender = {
    send: async (outgoing) => {
      sent.push(outgoing);
      // The others come while this one is at it.
      expect(tally(await sideBySide(4, () => deliver(id)))).toEqual({ skipped: 4 });
    },
  };
  expect(await deliver(id, slow)).toBe('sent');
  expect(sent).toHaveLength(1);
});

test('anything but a refusal for good is tried again with growing pauses, five minutes at most', async () => {
  const id = await post(86_400);
  const pauses: number[] = [];
  for (let tries = 1; tries <= 10; tries += 1) {
    expect(await deliver(id, failing(new Error('connect ETIMEDOUT 192.0.2.1:25')))).toBe('postponed');
    const row = await rowOf(id);
    pauses.push(((row?.dueAt.getTime() ?? 0) - t.clock.now().getTime()) / 1000);
    expect(row).toMatchObject({ state: 'pending', attempts: tries });
    t.clock.advance(pauses.at(-1) ?? 0);
  }
  expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  expect(await deliver(id)).toBe('sent');
  expect(sent).toEqual([{ id, mail }]);
});

test('a refusal for good is not tried again, and the payload is wiped', async () => {
  const id = await post();
  expect(await deliver(id, failing(new MailRefusedError('550')))).toBe('refused');
  expect(await rowOf(id)).toMatchObject({ state: 'refused', payload: null, attempts: 1, lastError: '550' });
  expect(await deliver(id)).toBe('skipped');
});

test('a mail that can no longer help is dropped, recorded and wiped, at the very millisecond', async () => {
  const [early, late] = [await post(600), await post(600)];
  t.clock.advance(599.999);
  expect(await deliver(early)).toBe('sent');
  t.clock.advance(0.001);
  expect(await deliver(late)).toBe('expired');
  expect(await rowOf(late)).toMatchObject({ state: 'expired', payload: null, lastError: 'too late' });
  expect(sent).toHaveLength(1);
});

test('a dropped mail keeps the reason why it could not be sent before', async () => {
  const id = await post(600);
  await deliver(id, failing(Object.assign(new Error('the text may hold bob@example.com'), { code: 'ECONNREFUSED' })));
  t.clock.advance(600);
  expect(await deliver(id)).toBe('expired');
  expect(await rowOf(id)).toMatchObject({ lastError: 'ECONNREFUSED' });
});

test('a payload of another SECRET_KEY is dropped, not tried for ever', async () => {
  const id = await post();
  const other = await createTestAuth({ database: t.database, clock: t.clock, secretKey: 'another secret of tests' });
  expect(await deliver(id, working, other.deps)).toBe('expired');
  expect(await rowOf(id)).toMatchObject({ state: 'expired', payload: null, lastError: 'unreadable payload' });
  await other.close();
});

test('neither log nor table learns the address, the code or what the mail server said', async () => {
  const lines: unknown[] = [];
  const write = (fields: object, message: string) => void lines.push(fields, message);
  const deps = { ...t.deps, log: { info: write, warn: write, error: write } };
  const talkative = Object.assign(new Error('550 bob@example.com is unknown, code 042195'), { responseCode: 450 });
  const ids = [await post(), await post(), await post()] as const;
  await deliver(ids[0], failing(talkative), deps);
  await deliver(ids[1], failing(new MailRefusedError('550 5.1.1')), deps);
  await deliver(ids[2], working, deps);
  const rows = await Promise.all(ids.map(rowOf));
  const seen = JSON.stringify([lines, rows.map((row) => ({ ...row, payload: '' }))]).toLowerCase();
  for (const secret of ['bob', 'example.com', '042195']) expect(seen).not.toContain(secret);
  expect(lines).toHaveLength(6);
});

test('a mail of nobody’s row is skipped', async () => {
  expect(await deliver('00000000-0000-7000-8000-000000000000')).toBe('skipped');
});
