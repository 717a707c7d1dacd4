import {
  createMailDelivery,
  type DeliveryOutcome,
  type MailDelivery,
  MailServerError,
  register,
} from '@moonlight/auth';
import { createTestAuth, type TestAuth, testRequest } from '@moonlight/auth/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FaultySmtp, type SmtpMode, startFaultySmtp } from '../testing/faulty-smtp.ts';
import { createMailSender } from './create-mail-sender.ts';

const PROBE_EVERY_MS = 50;

let t: TestAuth;
let smtp: FaultySmtp;
let lines: { level: string; message: string }[];
let outcomes: DeliveryOutcome[];
let delivery: MailDelivery;
let close: () => Promise<void>;
let people = 0;

beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());
beforeEach(async () => {
  lines = [];
  outcomes = [];
  await t.deps.db.execute('delete from outbox');
  smtp = await startFaultySmtp();
  const sender = createMailSender({
    host: '127.0.0.1',
    port: smtp.port,
    secure: false,
    requireTls: false,
    sender: { name: 'Moonlight', email: 'no-reply@moonlight.example' },
    appName: 'Moonlight',
    connections: 50,
  });
  const write = (level: string) => (_fields: object, message: string) => void lines.push({ level, message });
  const log = { info: write('info'), warn: write('warn'), error: write('error') };
  delivery = createMailDelivery(
    { ...t.deps, log, senders: { email: sender } },
    { probeEveryMs: PROBE_EVERY_MS, onOutcome: (outcome) => void outcomes.push(outcome) },
  );
  close = async () => {
    sender.close();
    await delivery.close();
  };
});
afterEach(async () => {
  await close();
  await smtp.down();
});

/** Queues a mail to each new account; returns their addresses. */
const queueMails = (count: number, prefix = 'person'): Promise<string[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      people += 1;
      const email = `${prefix}${people}@example.com`;
      await register(
        t.deps,
        { email, username: `person_${people}`, password: 'selene sleeps until nine' },
        testRequest(),
      );
      return email;
    }),
  );
const takenBy = (): string[] => smtp.taken.map(({ to }) => to).toSorted();
const problems = (): string[] => lines.filter(({ level }) => level !== 'info').map(({ message }) => message);
const attemptsOf = async (): Promise<unknown[]> =>
  (await t.deps.db.execute("select distinct state, attempts from outbox where state = 'pending'")).rows;

interface Outage {
  readonly begin: () => unknown;
  readonly end: () => unknown;
  /** How many lines of single mails come before the breaker opens. */
  readonly mailsNamed: number;
}
const every = (mode: SmtpMode) => () => smtp.set(() => mode);
const outages: Readonly<Record<string, Outage>> = {
  'is down': { begin: () => smtp.down(), end: () => smtp.up(), mailsNamed: 0 },
  'answers 451': { begin: every(451), end: every('works'), mailsNamed: 2 },
  'closes the connection in the middle': { begin: every('closes'), end: every('works'), mailsNamed: 2 },
};

describe.each(Object.entries(outages))('while the mail server %s', (_what, { begin, end, mailsNamed }) => {
  test('one mail at a time is tried; when it works again, all are sent at once, each once', async () => {
    await begin();
    const addresses = await queueMails(30);
    await delivery.drain();
    await expect.poll(() => outcomes.length).toBeGreaterThan(40);
    const tried = smtp.arrived();
    // In the log an outage is one line, and not one for each try.
    expect(problems()).toHaveLength(mailsNamed + 1);
    expect(problems().at(-1)).toContain('the mail server does not work');
    expect(tried).toBeLessThan(50);

    const endedAt = performance.now();
    await end();
    // Mails that failed before the breaker opened have had their pause by then.
    t.clock.advance(2);
    await expect.poll(takenBy).toEqual(addresses.toSorted());
    expect(Math.max(...smtp.taken.map(({ at }) => at)) - endedAt).toBeLessThan(5000);
    expect(new Set(smtp.taken.map(({ messageId }) => messageId)).size).toBe(30);
    expect(lines.filter(({ message }) => message.includes('works again'))).toHaveLength(1);
  });
});

test('a long outage uses up no attempts, and does not extend the life of a mail', async () => {
  await smtp.down();
  await queueMails(2);
  await delivery.drain();
  await expect.poll(() => outcomes.length).toBeGreaterThan(5);
  // Between probes: a mail that is tried at this moment is not pending.
  await expect.poll(attemptsOf).toEqual([{ state: 'pending', attempts: 0 }]);
  t.clock.advance(86_400);
  await expect.poll(() => outcomes.filter((outcome) => outcome === 'expired')).toHaveLength(2);
  await smtp.up();
  const [late] = await queueMails(1);
  await expect.poll(takenBy).toEqual([late]);
});

test('mails that expire during an outage are no tries of the server: they end without a pause', async () => {
  const down = new MailServerError('down', { isUnavailable: true, code: undefined, responseCode: undefined });
  const send = () => Promise.reject(down);
  const options = { probeEveryMs: 1000, onOutcome: (outcome: DeliveryOutcome) => void outcomes.push(outcome) };
  const slow = createMailDelivery({ ...t.deps, senders: { email: { send } } }, options);
  await queueMails(10);
  await slow.drain();
  await expect.poll(() => outcomes.length).toBeGreaterThanOrEqual(10);
  t.clock.advance(86_400);
  const expired = () => outcomes.filter((outcome) => outcome === 'expired');
  await expect.poll(expired, { timeout: 6000 }).toHaveLength(10);
  await slow.close();
});

test('a recipient that is deferred again and again is no outage: others are sent, and its pauses grow', async () => {
  smtp.set((to) => (to.startsWith('deferred') ? 451 : 'works'));
  await queueMails(1, 'deferred');
  for (const attempts of [1, 2, 3]) {
    await delivery.drain();
    await expect.poll(() => outcomes.filter((outcome) => outcome === 'postponed')).toHaveLength(attempts);
    expect(await attemptsOf()).toEqual([{ state: 'pending', attempts }]);
    t.clock.advance(2 ** attempts);
  }
  const others = await queueMails(10);
  await delivery.drain();
  await expect.poll(takenBy).toEqual(others.toSorted());
  expect(problems().filter((message) => message.includes('the mail server'))).toEqual([]);
});

test('a permanent refusal ends that mail alone, and shows that the server works', async () => {
  smtp.set((to) => (to.startsWith('refused') ? 550 : 'works'));
  await queueMails(5, 'refused');
  const others = await queueMails(5);
  await delivery.drain();
  await expect.poll(takenBy).toEqual(others.toSorted());
  await expect.poll(() => outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(5);
});

test(
  'mails that hang delay no others, and a server that hangs is tried again beside them',
  { timeout: 60_000 },
  async () => {
    smtp.set((to) => (to.startsWith('hanging') ? 'hangs' : 'works'));
    await queueMails(10, 'hanging');
    await delivery.drain();
    await expect.poll(() => smtp.arrived()).toBe(10);
    const [eleventh] = await queueMails(1);
    const queuedAt = performance.now();
    await delivery.drain();
    await expect.poll(takenBy).toEqual([eleventh]);
    expect(performance.now() - queuedAt).toBeLessThan(5000);

    // The ten are given up after ten seconds; then the breaker is open, and probes hang too.
    await expect.poll(problems).toContainEqual(expect.stringContaining('the mail server does not work'));
    await expect.poll(() => smtp.arrived()).toBeGreaterThan(12);
    smtp.set(() => 'works');
    const endedAt = performance.now();
    await expect.poll(takenBy).toHaveLength(2);
    expect(performance.now() - endedAt).toBeLessThan(5000);
  },
);
