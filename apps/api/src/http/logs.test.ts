import { users } from '@moonlight/db';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ask, mutate, query, startTestServer, type TestServer } from '../testing.ts';

let server: TestServer;
/** The log of the service: JSON lines, as in production. */
let written = '';

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
  server = await startTestServer({
    env: {
      APP_ENV: 'staging',
      LOG_LEVEL: 'trace',
      FRONTEND_URL: 'https://app.example.com',
      MAIL_SERVER: '127.0.0.1',
      CAPTCHA_PROVIDER: 'none',
      VERIFICATION_CODE_COOLDOWN_SECONDS: '0',
    },
  });
});
afterAll(async () => {
  await server.close();
  vi.restoreAllMocks();
});

const email = 'Selene@example.org';
const password = 'selene sleeps until nine';
const tokenOf = (url: string) => new URL(url).searchParams.get('token') ?? '';
const call = async (path: string, input: unknown, token?: string) => mutate(server.url, path, { input, token });
const breakTable = (from: string, to: string) => server.deps.db.execute(`alter table ${from} rename to ${to}`);

/** Calls most procedures, with and without errors. Returns the values that must not be in the log. */
const callEverything = async (): Promise<string[]> => {
  await call('auth.register', { email, username: 'selene', password });
  const link = tokenOf((await server.lastMail('verification-link', email)).url);
  await call('auth.register', { email, username: 'selene', password: 'another one of hers' });
  await ask('GET', `${server.url}/api/v1/auth/verify/${link}?token=${link}`, { headers: { accept: 'text/html' } });
  await call('emailVerification.confirm', { token: link });
  await call('auth.login', { email, password: 'the wrong password' });
  const { data } = await call('auth.login', { email, password });
  const { accessToken, refreshToken } = Object(data).tokens;
  await query(server.url, 'account.profile', { token: accessToken });
  await query(server.url, 'account.profile', { token: `${accessToken}x` });
  await ask('GET', `${server.url}/nowhere?token=${link}&password=${encodeURIComponent(password)}`, {
    token: accessToken,
  });
  await ask('POST', `${server.url}/trpc/auth.login`, { body: `{"password":"${password}` });

  const captcha = 'the payload of a widget';
  await call('passwordReset.send', { email, captcha });
  const reset = tokenOf((await server.lastMail('reset-link', email)).url);
  await call('auth.sendCode', { email, type: 'reset_password' });
  const { code } = await server.lastMail('reset-code', email);
  await call('passwordReset.confirm', { token: reset, newPassword: 'reset by selene herself' });
  await call('passwordReset.confirm', { email, code, newPassword: 'reset by selene herself' });
  return [
    password,
    'another one of hers',
    'the wrong password',
    link,
    accessToken,
    refreshToken,
    captcha,
    reset,
    code,
    'reset by selene herself',
    'selene',
  ];
};

/** Causes database errors; Drizzle's messages contain the values of the statement. Returns the password hashes. */
const breakTables = async (): Promise<string[]> => {
  const broken = [];
  for (const table of ['users', 'audit_log', 'outbox', 'limits']) {
    await breakTable(table, 'elsewhere');
    broken.push(await call('auth.register', { email: `${table}.${email}`, username: `s_${table}`, password }));
    broken.push(await call('auth.login', { email, password: 'reset by selene herself' }));
    broken.push(await call('auth.sendCode', { email, type: 'reset_password' }));
    broken.push(await call('emailVerification.confirm', { token: password }));
    await breakTable('elsewhere', table);
  }
  for (const { text } of broken) expect(text).not.toMatch(/relation|select|insert|stack|params/i);
  const codes = broken.map(({ error }) => error?.data.error);
  expect(codes.filter((code) => code === 'INTERNAL_ERROR').length).toBeGreaterThan(5);
  const rows = await server.deps.db.select({ passwordHash: users.passwordHash }).from(users);
  return rows.map(({ passwordHash }) => passwordHash);
};

test('the log contains no secret and no email address, even after failures and database errors', async () => {
  const secrets = [...(await callEverything()), ...(await breakTables())];
  const lines = written
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ msg }) => msg === 'a call failed').length).toBeGreaterThan(5);
  // Times and ids can contain the six digits of a code by chance, so a code must match as a whole word.
  const isIn = (secret: string) =>
    /^\d{6}$/.test(secret) ? new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`).test(written) : written.includes(secret);
  expect(secrets.filter(isIn)).toEqual([]);
  expect(written.toLowerCase()).not.toContain('example.org');
  // It does contain what helps to find the cause: the request, the procedure and PostgreSQL's own error.
  const failure = lines.find(({ msg }) => msg === 'a call failed');
  expect(failure).toMatchObject({
    level: 50,
    reqId: expect.any(String),
    procedure: expect.any(String),
    err: { code: '42P01', message: expect.stringContaining('does not exist'), stack: expect.any(String) },
  });
});
