import { type DatabaseClient, openDatabase, spentCaptchas } from '@moonlight/db';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secondsAfter } from '../system.ts';
import { altchaCaptcha } from './altcha-captcha.ts';
import { spendCaptcha } from './spent-captchas-store.ts';
import { solveAltcha } from '../testing/solve-altcha.ts';

const START = new Date('2031-05-05T12:00:00.250Z');
const IP = '192.0.2.1';

let database: TestDatabase;
let client: DatabaseClient;
let now = START;

const captchaWith = (secret: string) =>
  altchaCaptcha({ secrets: [secret], db: client.db, clock: { now: () => now }, tries: 20 });
const captcha = () => captchaWith('a secret of the tests');
const solved = async () => solveAltcha(await captcha().challenge!());

interface Payload {
  challenge: { parameters: Record<string, unknown> & { data: { expiresAt: number } }; signature?: string };
  solution: Record<string, unknown> & { counter: number };
}
const decoded = (payload: string): Payload => JSON.parse(Buffer.from(payload, 'base64').toString());
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const forged = async (change: (payload: Payload) => unknown) => {
  const payload = decoded(await solved());
  change(payload);
  return encoded(payload);
};

beforeAll(async () => {
  database = await createTestDatabase();
  client = openDatabase({ url: database.url, poolSize: 10, onError: () => undefined });
});

afterAll(async () => {
  await client.close();
  await database.drop();
});

describe('a challenge', () => {
  test('has the form that the widget expects, and expires ten minutes later', async () => {
    now = START;
    expect(await captcha().challenge!()).toMatchObject({
      parameters: { algorithm: 'PBKDF2/SHA-256', cost: 2000, expiresAt: Date.parse('2031-05-05T12:10:00Z') / 1000 },
      signature: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('is never the same twice and does not contain its solution', async () => {
    const challenges = await Promise.all(Array.from({ length: 20 }, () => captcha().challenge!()));
    expect(new Set(challenges.map((challenge) => challenge['signature'])).size).toBe(20);
    expect(JSON.stringify(challenges)).not.toContain('counter');
  });
});

describe('a solution', () => {
  test('is accepted once', async () => {
    const payload = await solved();
    expect(await captcha().verify(payload, IP)).toBe(true);
    expect(await captcha().verify(payload, IP)).toBe(false);
  });

  test('is accepted once in ten parallel calls, on replicas that share the secret', async () => {
    const payload = await solved();
    const answers = await Promise.all(Array.from({ length: 10 }, () => captcha().verify(payload, IP)));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  test('is accepted once, also in different encodings', async () => {
    const payload = await solved();
    const { challenge, solution } = decoded(payload);
    expect(await captcha().verify(payload, IP)).toBe(true);
    for (const spelling of [
      encoded({ solution: { ...solution, time: 1 }, challenge }),
      encoded({ challenge, solution: { ...solution, counter: solution.counter + 1 } }),
      payload.replaceAll('=', ''),
      ` ${payload}`,
    ])
      expect(await captcha().verify(spelling, IP)).toBe(false);
  });

  test('is not valid longer when the widget’s copy of its expiry is changed', async () => {
    now = START;
    const payload = await forged(({ challenge }) => Object.assign(challenge.parameters, { expiresAt: 4_000_000_000 }));
    now = new Date('2031-05-05T12:10:00.000Z');
    expect(await captcha().verify(payload, IP)).toBe(false);
    now = START;
  });

  test('is accepted until the last millisecond before its expiry', async () => {
    now = START;
    const [early, late] = [await solved(), await solved()];
    now = new Date('2031-05-05T12:09:59.999Z');
    expect(await captcha().verify(early, IP)).toBe(true);
    now = new Date('2031-05-05T12:10:00.000Z');
    expect(await captcha().verify(late, IP)).toBe(false);
    now = START;
  });

  test('is remembered for longer than it is valid', async () => {
    await client.db.delete(spentCaptchas);
    await captcha().verify(await solved(), IP);
    const [row] = await client.db.select().from(spentCaptchas);
    expect(row!.expiresAt.getTime()).toBeGreaterThanOrEqual(secondsAfter(START, 630).getTime());
  });
});

describe('a payload that is not a genuine solution', () => {
  test('is refused when another secret signed its challenge', async () => {
    const foreign = await solveAltcha(await captchaWith('another secret').challenge!());
    expect(await captcha().verify(foreign, IP)).toBe(false);
    expect(await captchaWith('another secret').verify(foreign, IP)).toBe(true);
  });

  test.each<[string, (payload: Payload) => unknown]>([
    ['another key', ({ solution }) => Object.assign(solution, { derivedKey: '0'.repeat(64) })],
    ['half a key', ({ solution }) => Object.assign(solution, { derivedKey: '0'.repeat(32) })],
    ['no solution', (payload) => Object.assign(payload, { solution: null })],
    ['a longer life', ({ challenge }) => (challenge.parameters.data.expiresAt += 3600)],
    ['an absurd life', ({ challenge }) => (challenge.parameters.data.expiresAt = Number.MAX_SAFE_INTEGER)],
    ['less work', ({ challenge }) => Object.assign(challenge.parameters, { cost: 1 })],
    ['an easier prefix', ({ challenge }) => Object.assign(challenge.parameters, { keyPrefix: '0'.repeat(32) })],
    ['no key signature', ({ challenge }) => delete challenge.parameters['keySignature']],
    ['no signature', ({ challenge }) => delete challenge.signature],
    ['an empty signature', ({ challenge }) => (challenge.signature = '')],
    ['a signature in capitals', ({ challenge }) => (challenge.signature = challenge.signature?.toUpperCase() ?? '')],
  ])('is refused: %s', async (_, change) => {
    expect(await captcha().verify(await forged(change), IP)).toBe(false);
  });

  test.each([
    ['an empty text', ''],
    ['no base64', '\0 ~'],
    ['no JSON', Buffer.from('nonsense').toString('base64')],
    ['null', encoded(null)],
    ['a list', encoded([])],
    ['a payload of the widget’s test mode', encoded({ challenge: null, solution: null, test: true })],
    ['the longest payload that the contract accepts', 'A'.repeat(8192)],
  ])('is refused: %s', async (_, payload) => {
    expect(await captcha().verify(payload, IP)).toBe(false);
  });

  test('is refused without writing to the database', async () => {
    await client.db.delete(spentCaptchas);
    await captcha().verify(await forged(({ solution }) => Object.assign(solution, { derivedKey: '0'.repeat(64) })), IP);
    expect(await client.db.select().from(spentCaptchas)).toEqual([]);
  });
});

test('of ten parallel calls one spends a solution', async () => {
  const spent = { hash: 'parallel', expiresAt: secondsAfter(START, 3600) };
  const answers = await Promise.all(Array.from({ length: 10 }, () => spendCaptcha(client.db, spent)));
  expect(answers.filter(Boolean)).toHaveLength(1);
});
