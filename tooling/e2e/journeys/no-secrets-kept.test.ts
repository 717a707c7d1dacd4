import { solveAltcha } from '@moonlight/auth/testing';
import { createMoonlightClient, memoryStore } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeIn, tokenIn } from '../src/mailbox.ts';
import { restOf } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 0, env: { LOG_LEVEL: 'trace', VERIFICATION_CODE_COOLDOWN_SECONDS: '0' } });
});
afterAll(() => stack.close());

const email = 'Selene@example.com';
const passwords = ['selene sleeps until nine', 'selene wakes at ten', 'selene was woken at eight', 'not her password'];

/** Every row of every table, including the queue's, as text. */
const dump = async (): Promise<string> => {
  const tables = await stack.sql.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  );
  const rows = await Promise.all(
    tables.map(({ name }) => stack.sql.query(`select string_agg(t::text, '\n') as all from ${name} t`)),
  );
  return JSON.stringify(rows);
};

/** Uses every feature, with successes and failures; returns the secrets that must not be found afterwards. */
const useEveryFeature = async (): Promise<string[]> => {
  const [first, second, third, wrong] = passwords as [string, string, string, string];
  const store = memoryStore();
  const client = createMoonlightClient({ url: stack.url, session: store });
  const secrets = [...passwords];
  const keep = async () => {
    const session = (await store.get())!;
    secrets.push(session.accessToken, session.refreshToken);
    return session;
  };
  await client.auth.register.mutate({ email, username: 'selene', password: first });
  await client.auth.sendCode.mutate({ email, type: 'reset_password' });
  const captcha = await solveAltcha(await client.captcha.challenge.query());
  await client.passwordReset.send.mutate({ email, captcha });
  secrets.push(captcha);
  // So far no mail was sent: all three are queued, and their contents are in the outbox.
  secrets.push(...(await mailedSecrets()));
  const [link, code, reset] = secrets.slice(-3) as [string, string, string];

  const rest = restOf(stack.url);
  await rest(`GET /api/v1/auth/verify/${link}?token=${link}`, undefined, { headers: { accept: 'text/html' } });
  await rest(`GET /nowhere/${reset}?code=${code}&password=${encodeURIComponent(first)}`);
  await client.emailVerification.confirm.mutate({ token: link });
  await client.auth.login.mutate({ email, password: wrong }).catch(() => undefined);
  await client.auth.login.mutate({ email, password: first });
  const stolen = await keep();
  await rest('POST /api/v1/auth/login', { email, password: first, extra: reset });
  await rest('GET /api/v1/auth/profile', undefined, { token: `${stolen.accessToken}x` });
  await client.account.changePassword.mutate({ currentPassword: first, newPassword: second });
  await client.auth.refresh.mutate({ refreshToken: stolen.refreshToken });
  const { refreshToken } = await keep();
  await client.auth.refresh.mutate({ refreshToken });
  await keep();
  await rest('POST /api/v1/auth/token/refresh', { refresh_token: stolen.refreshToken });
  await client.passwordReset.confirm.mutate({ token: reset, newPassword: third }).catch(() => undefined);
  await client.passwordReset.confirm.mutate({ email, code, newPassword: third }).catch(() => undefined);
  await client.auth.login.mutate({ email, password: second });
  await keep();
  await client.auth.logout.mutate();
  return secrets;
};

/** The secrets in the mails so far. Before a worker is started, the tables are checked with the mails still queued. */
const mailedSecrets = async (): Promise<string[]> => {
  const pending = await dump();
  await stack.start('worker');
  const [verification, resetCode, reset] = [
    await stack.mailbox.next(email),
    await stack.mailbox.next(email),
    await stack.mailbox.next(email),
  ].toSorted((a, b) => order(a.subject) - order(b.subject));
  const secrets = [tokenIn(verification!), codeIn(resetCode!), tokenIn(reset!)];
  for (const secret of secrets) expect(pending).not.toContain(secret);
  return secrets;
};

const order = (subject: string): number =>
  ['Verify', 'Your password reset code', 'Reset'].findIndex((beginning) => subject.startsWith(beginning));

test('no log line and no table contains a password, token, code or link, neither during nor after its use', async () => {
  const secrets = await useEveryFeature();
  await stack.mailsSettled();
  const code = secrets.find((secret) => /^\d{6}$/.test(secret))!;
  const output = stack.output();
  const tables = await dump();
  expect(output.split('\n').length).toBeGreaterThan(20);
  for (const secret of secrets.filter((each) => each !== code)) {
    expect(output).not.toContain(secret);
    expect(tables).not.toContain(secret);
  }
  // A longer number may contain the six digits by chance, so only a separate word counts.
  const asWord = new RegExp(`[^.\\w]${code}\\b`);
  expect(output).not.toMatch(asWord);
  expect(tables).not.toMatch(asWord);
  expect(output).not.toMatch(/selene/i);
  expect(await stack.sql.query('select 1 from outbox where payload is not null')).toEqual([]);
});

test('events are audited with time, IP address and request id', async () => {
  const rows = await stack.sql.query<{ event: string }>(
    'select event from audit_log where at is not null and ip is not null and request_id is not null order by at, id',
  );
  const events = rows.map(({ event }) => event);
  for (const event of [
    'registered',
    'email_verified',
    'login_failed',
    'login_succeeded',
    'password_changed',
    'refresh_reused',
    'reset_asked',
    'logged_out',
  ])
    expect(events).toContain(event);
});
