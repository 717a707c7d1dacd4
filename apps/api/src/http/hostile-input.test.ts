import { dumpTables } from '@moonlight/auth/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, createAccount, PASSWORD, startTestServer, type TestServer } from '../testing.ts';

let server: TestServer;
let token: string;
const notified: string[] = [];

beforeAll(async () => {
  // The queue is told after the answer has left: what it writes then would look as if a refused call had written it.
  const mailQueue = { add: async (ids: readonly string[]) => void notified.push(...ids) };
  server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none' }, overrides: { mailQueue } });
  ({ accessToken: token } = await createAccount(server.url));
});
afterAll(() => server.close());

const email = 'bob@example.com';
const uuid = '019aa0b5-6f00-7000-8000-000000000001';

/** An input of each procedure that its schema accepts. */
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
const endless = 'x'.repeat(9000);

/** What nobody should send in a field. Lone surrogates leave as `\ud800` escapes. */
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
    endless,
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
    endless,
  ],
  password: ['', 'short12', 'x'.repeat(129), '🌙'.repeat(129), `${PASSWORD}\0`, `${PASSWORD}\udfff`, endless],
  newPassword: ['', 'short12', 'x'.repeat(129), '🌙'.repeat(129), `${PASSWORD}\0`, `${PASSWORD}\ud800`, endless],
  currentPassword: ['', 'x'.repeat(129), `${PASSWORD}\0`, `${PASSWORD}\ud800`, endless],
  code: ['', '12345', '1234567', '12345a', ' 42195', '٠٤٢١٩٥', '042195\n', endless],
  locale: ['', 'fr', 'EN', 'zh', '__proto__', endless],
  type: ['', 'login', 'REGISTER', 'constructor', endless],
  captcha: ['', 'a\0b', 'a\ud800b', 'x'.repeat(8193)],
  token: ['', 'a\0b', 'a\ud800b', endless],
  refreshToken: ['', 'a\0b', 'a\ud800b', endless],
  id: ['', 'x', `${uuid}x`, uuid.replaceAll('-', ''), `${uuid}' or 1=1`, endless],
};
// A password that is only checked may be short: the answer is about credentials then, not about shape.
const ofLogin = (value: unknown): boolean => value !== 'short12';

/** A field may have more than one mistake; its path is told once here. */
const send = async (path: string, input: unknown) => {
  const { status, text } = await ask('POST', `${server.url}/trpc/${path}`, { body: JSON.stringify(input), token });
  const { error } = JSON.parse(text);
  const details: { path: string }[] = error?.data?.details ?? [];
  return { status, code: error?.data?.error, paths: [...new Set(details.map((detail) => detail.path))] };
};
const refused = (path: string) => ({ status: 400, code: 'VALIDATION_FAILED', paths: [path] });

describe.each(Object.entries(inputs))('%s', (path, input) => {
  test('wrong, missing, unknown and hostile keys are VALIDATION_FAILED with details, and nothing is written', async () => {
    const before = await dumpTables(server.deps.db);
    const notifiedBefore = notified.length;
    for (const key of Object.keys(input)) {
      const values = [...wrongTypes, ...(hostile[key] ?? [])].filter((each) => path !== 'auth.login' || ofLogin(each));
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

test('an unknown key is named, the longest ones cut and the first twenty told', async () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}${'k'.repeat(100)}`, 1]));
  const { paths } = await send('auth.checkEmail', { email, ...many });
  expect(paths).toHaveLength(20);
  expect(paths.every((path: string) => path.length <= 64)).toBe(true);
  expect((await send('auth.checkEmail', JSON.parse('{"email":"bob@example.com","__proto__":1}'))).paths).toEqual([
    '__proto__',
  ]);
});

test('characters are code points: 8 and 128 moons are a password, 7 and 129 are none', async () => {
  const outcomes = [];
  for (const [index, count] of [7, 8, 128, 129].entries()) {
    const input = { email: `moon${index}@example.com`, username: `moon${index}`, password: '🌙'.repeat(count) };
    outcomes.push((await send('auth.register', input)).status);
  }
  expect(outcomes).toEqual([400, 201, 201, 400]);
});

test('blanks around an address are trimmed, and nothing else of it is touched', async () => {
  const answer = await ask('POST', `${server.url}/trpc/auth.register`, {
    body: { email: '  Moon.Light+1@Example.COM ', username: 'trimmed', password: PASSWORD },
  });
  expect(answer.body).toMatchObject({ result: { data: { user: { email: 'Moon.Light+1@Example.COM' } } } });
});
