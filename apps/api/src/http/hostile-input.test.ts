import { dumpTables } from '@moonlight/auth/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, createAccount, PASSWORD, startTestServer, type TestServer } from '../testing.ts';

let server: TestServer;
let token: string;
const notified: string[] = [];

beforeAll(async () => {
  // The queue is notified after the answer is sent. Its writes would look like those of the refused call.
  const mailQueue = { notify: async () => void notified.push('notified') };
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none' }, overrides: { mailQueue } });
  ({ accessToken: token } = await createAccount(server.url));
});
afterAll(() => server.close());

const email = 'bob@example.com';
const uuid = '019aa0b5-6f00-7000-8000-000000000001';

/** A valid input of each procedure. */
const inputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'auth.register': { email, username: 'bobby', password: PASSWORD, code: '042195', locale: 'en' },
  'auth.login': { email, password: PASSWORD, captcha: 'solved' },
  'auth.refresh': { refreshToken: 'x' },
  'auth.logout': { refreshToken: 'x' },
  'auth.checkEmail': { email },
  'auth.sendCode': { email, type: 'register', captcha: 'solved' },
  'auth.verifyCode': { email, code: '042195', type: 'register' },
  'emailVerification.send': {},
  'emailVerification.confirm': { token: 'x' },
  'passwordReset.send': { email, captcha: 'solved' },
  'passwordReset.confirm': { newPassword: PASSWORD, email, code: '042195' },
  'account.changePassword': { currentPassword: PASSWORD, newPassword: 'a calm new morning' },
  'sessions.revoke': { id: uuid },
  'sessions.revokeOthers': {},
};
const optional = new Set(['auth.register code', 'auth.register locale', 'auth.logout refreshToken']);
const isOptional = (path: string, key: string) =>
  key === 'captcha' || optional.has(`${path} ${key}`) || `${path} ${key}` === 'auth.verifyCode type';

const wrongTypes = [null, 1, true, [], {}, [''], { $ne: '' }];
const NUL = 'a\0b@example.com';
const LONE = 'a\ud800b@example.com';
const overlong = 'x'.repeat(9000);

/** Hostile values of each field. Lone surrogates are sent as `\ud800` escapes. */
const hostile: Readonly<Record<string, readonly unknown[]>> = {
  email: [
    '',
    ' ',
    'nobody',
    'a@b',
    '@example.com',
    `${'a'.repeat(250)}@example.com`,
    'a@example.com\r\nBcc: victim@example.com',
    'a@example.com\r\n',
    'a@example.com\n',
    'victim@example.com,a@example.com',
    'a b@example.com',
    '<a@example.com>',
    '"a"@example.com',
    'а@example.com',
    NUL,
    LONE,
    overlong,
  ],
  username: [
    '',
    'ab',
    '1bob',
    '_bob',
    'bob-by',
    'bob by',
    'bobby\n',
    'bób',
    'b'.repeat(21),
    'bob\0y',
    'bob\ud800y',
    overlong,
  ],
  password: ['', 'short12', 'x'.repeat(129), '🌙'.repeat(129), `${PASSWORD}\0`, `${PASSWORD}\udfff`, overlong],
  newPassword: ['', 'short12', 'x'.repeat(129), '🌙'.repeat(129), `${PASSWORD}\0`, `${PASSWORD}\ud800`, overlong],
  currentPassword: ['', 'x'.repeat(129), `${PASSWORD}\0`, `${PASSWORD}\ud800`, overlong],
  code: ['', '12345', '1234567', '12345a', ' 42195', '٠٤٢١٩٥', '042195\n', overlong],
  locale: ['', 'fr', 'EN', 'zh', '__proto__', overlong],
  type: ['', 'login', 'REGISTER', 'constructor', overlong],
  captcha: ['', 'a\0b', 'a\ud800b', 'x'.repeat(8193)],
  token: ['', 'a\0b', 'a\ud800b', overlong],
  refreshToken: ['', 'a\0b', 'a\ud800b', overlong],
  id: ['', 'x', `${uuid}x`, uuid.replaceAll('-', ''), `${uuid}' or 1=1`, overlong],
};
// A login accepts a short password and answers INVALID_CREDENTIALS.
const isRefusedByLogin = (value: unknown): boolean => value !== 'short12';

/** Sends a mutation. A field with several errors is listed once. */
const send = async (path: string, input: unknown) => {
  const { status, text } = await ask('POST', `${server.url}/trpc/${path}`, { body: JSON.stringify(input), token });
  const { error } = JSON.parse(text);
  const details: { path: string }[] = error?.data?.details ?? [];
  return { status, code: error?.data?.error, paths: [...new Set(details.map((detail) => detail.path))] };
};
const refused = (path: string) => ({ status: 400, code: 'VALIDATION_FAILED', paths: [path] });

describe.each(Object.entries(inputs))('%s', (path, input) => {
  test('refuses wrong, missing, unknown and hostile fields with details, and writes nothing', async () => {
    const before = await dumpTables(server.deps.db);
    const notifiedBefore = notified.length;
    for (const key of Object.keys(input)) {
      const values = [...wrongTypes, ...(hostile[key] ?? [])].filter(
        (each) => path !== 'auth.login' || isRefusedByLogin(each),
      );
      for (const bad of values) expect([bad, await send(path, { ...input, [key]: bad })]).toEqual([bad, refused(key)]);
    }
    for (const key of Object.keys(input).filter((each) => !isOptional(path, each))) {
      const rest = Object.fromEntries(Object.entries(input).filter(([each]) => each !== key));
      expect(await send(path, rest)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    }
    for (const unknown of ['extra', 'constructor', '__proto__', 'refresh_token', 'user\ud800', ''])
      expect(await send(path, JSON.parse(`{"${unknown}":1}`))).toMatchObject({
        status: 400,
        code: 'VALIDATION_FAILED',
      });
    for (const whole of [null, [], 'text', 1, [input]])
      expect(await send(path, whole)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED', paths: [''] });
    expect(await dumpTables(server.deps.db)).toEqual(before);
    expect(notified).toHaveLength(notifiedBefore);
  });
});

test('unknown keys are listed: at most twenty, long ones truncated', async () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}${'k'.repeat(100)}`, 1]));
  const { paths } = await send('auth.checkEmail', { email, ...many });
  expect(paths).toHaveLength(20);
  expect(paths.every((path: string) => path.length <= 64)).toBe(true);
  expect((await send('auth.checkEmail', JSON.parse('{"email":"bob@example.com","__proto__":1}'))).paths).toEqual([
    '__proto__',
  ]);
});

test('a password has 8 to 128 code points', async () => {
  const outcomes = [];
  for (const [index, count] of [7, 8, 128, 129].entries()) {
    const input = { email: `moon${index}@example.com`, username: `moon${index}`, password: '🌙'.repeat(count) };
    outcomes.push((await send('auth.register', input)).status);
  }
  expect(outcomes).toEqual([400, 201, 201, 400]);
});

test('spaces around an email address are trimmed, and nothing else is changed', async () => {
  const answer = await ask('POST', `${server.url}/trpc/auth.register`, {
    body: { email: '  Moon.Light+1@Example.COM ', username: 'trimmed', password: PASSWORD },
  });
  expect(answer.body).toMatchObject({ result: { data: { user: { email: 'Moon.Light+1@Example.COM' } } } });
});
