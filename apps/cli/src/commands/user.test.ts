import { userInfo } from 'node:os';
import { inParallel, logIn, refusalOf, registerByLink, registerVerified, testRequest } from '@moonlight/auth/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Operated, operated } from '../testing/operated.ts';

let o: Operated;
beforeAll(async () => {
  o = await operated();
});
afterAll(() => o.close());

const actor = `cli:${userInfo().username}`;
const entriesOf = async (id: string) => {
  const answer = await o.json(`audit list --user ${id} --limit 1`);
  return typeof answer === 'object' && answer !== null && 'entries' in answer ? answer.entries : [];
};

test('a disabled account is refused at the next call on every replica, and its session works again when it is enabled', async () => {
  const { person, user } = await registerVerified(o.t);
  const { accessToken } = await logIn(o.t, person);
  const disabled = await o.json(`user disable ${person.email.toUpperCase()} --reason "a stolen phone"`);
  expect(disabled).toMatchObject({ account: { id: user.id, username: person.username }, isChanged: true });
  for (const replica of [o.t, o.replica])
    expect(await refusalOf(replica.authenticate(accessToken))).toBe('ACCOUNT_DISABLED');
  expect(await entriesOf(user.id)).toMatchObject([
    { event: 'account_disabled', ip: null, details: { actor, reason: 'a stolen phone' } },
  ]);
  expect(await o.t.lastMail('operator-action', person.email)).toMatchObject({ action: 'disabled', locale: 'en' });

  expect(await o.run(`user enable ${person.username} --reason found`)).toMatchObject({ code: 0 });
  for (const replica of [o.t, o.replica]) expect(await refusalOf(replica.authenticate(accessToken))).toBe('none');
});

test('of refreshes during a disablement each succeeds or is refused, and after it all are refused', async () => {
  const { person, user } = await registerVerified(o.t);
  const sessions = await inParallel(10, () => logIn(o.t, person));
  const refresh = (refreshToken: string) => refusalOf(o.replica.refresh({ refreshToken }, testRequest()));
  const during = sessions.slice(0, 9).map(({ refreshToken }) => refresh(refreshToken));
  const [outcomes] = await Promise.all([
    Promise.all(during),
    o.run(`user disable ${user.id} --reason "during a refresh"`),
  ]);
  for (const outcome of outcomes) expect(['none', 'ACCOUNT_DISABLED']).toContain(outcome);
  expect(await refresh(sessions[9]?.refreshToken ?? '')).toBe('ACCOUNT_DISABLED');
});

test('ending the sessions of an account ends all of them and nothing else', async () => {
  const [mine, other] = [await registerVerified(o.t), await registerVerified(o.t)];
  const tokens = await inParallel(3, () => logIn(o.t, mine.person));
  const kept = await logIn(o.t, other.person);
  const answer = await o.json(`user end-sessions ${mine.user.id} --reason "asked by phone"`);
  expect(answer).toMatchObject({ isChanged: true, endedSessions: 3 });
  for (const { accessToken } of tokens)
    expect(await refusalOf(o.replica.authenticate(accessToken))).toBe('TOKEN_INVALID');
  expect(await refusalOf(o.replica.authenticate(kept.accessToken))).toBe('none');
  expect(await entriesOf(mine.user.id)).toMatchObject([{ event: 'sessions_ended', details: { sessions: 3 } }]);
});

test('a command that changes nothing says so, writes no entry and sends no notice', async () => {
  const { person, user } = await registerVerified(o.t);
  const before = [await entriesOf(user.id), (await o.t.mails()).length];
  const { code, out } = await o.run(`user enable ${user.id} --reason "to be sure"`);
  expect([code, out]).toEqual([0, `${person.username} was enabled before; nothing was changed.`]);
  expect([await entriesOf(user.id), (await o.t.mails()).length]).toEqual(before);
});

test('an address that is not verified gets no notice', async () => {
  const { person } = await registerByLink(o.t);
  await o.run(`user disable ${person.username} --reason spam`);
  await expect(o.t.lastMail('operator-action', person.email)).rejects.toThrow('no operator-action');
});

test('an invitation names the account, is audited, and mails a link that the answer does not contain', async () => {
  const args = 'user invite Jo@example.com --username jo_1 --locale zh-CN --reason "a new colleague"';
  const { code, out } = await o.run(`${args} --json`);
  expect(code).toBe(0);
  const answer: unknown = JSON.parse(out);
  expect(answer).toMatchObject({ account: { email: 'Jo@example.com', username: 'jo_1' } });
  const { url } = await o.t.lastMail('invitation', 'Jo@example.com');
  expect(out).not.toContain(new URL(url).searchParams.get('token'));
  expect(await entriesOf('jo_1')).toMatchObject([
    { event: 'account_invited', details: { actor, reason: 'a new colleague' } },
  ]);
  expect(await o.run(args)).toMatchObject({ code: 1, err: 'Another account has this email address.' });
  expect(await o.run('user invite jo --username jo_2 --reason x')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^Name an email/),
  });
});

test('lists and shows accounts by their state, without what opens them', async () => {
  const { person, user } = await registerByLink(o.t);
  const listed = await o.run(`user list --state unverified --search ${person.username.toUpperCase()}`);
  expect(listed.out.split('\n')).toEqual([
    expect.stringMatching(/^ID +USERNAME +EMAIL +STATE +CREATED$/),
    expect.stringMatching(new RegExp(`^${user.id} +${person.username} +${person.email} +unverified +20`)),
  ]);
  const shown = await o.run(`user show ${person.email} --json`);
  expect(JSON.parse(shown.out)).toMatchObject({ account: { id: user.id, sessions: 0, isActive: true } });
  expect(shown.out).not.toMatch(/argon2|passwordHash|registration/);
});

test.each([
  ['user disable alice', 2, /required option '--reason <text>'/],
  ['user show', 2, /missing required argument 'who'/],
  ['user list --limit many', 2, /It must be a whole number/],
  ['user list --state tired', 2, /Allowed choices are active, disabled, unverified/],
  ['user', 2, /Usage: moonlight user/],
  ['user dissable x', 2, /unknown command 'dissable'/],
  ['user disable unknown@example.com --reason x', 1, /^No account has this email address, username or id\.$/],
])('%s ends with %i and one sentence', async (args, code, sentence) => {
  const result = await o.run(args);
  expect(result.code).toBe(code);
  expect(result.err).toMatch(sentence);
  expect(result.out).toBe('');
});

test('with --json a refusal is a document with its code', async () => {
  expect(await o.json('user show unknown@example.com')).toEqual({
    error: { code: 'USER_NOT_FOUND', message: 'No account has this email address, username or id.' },
  });
});

test('a database that does not answer is one sentence that names DATABASE_URL', async () => {
  const { code, err } = await o.run('user list', { DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:1/none' });
  expect([code, err]).toEqual([1, 'DATABASE_URL: PostgreSQL at 127.0.0.1:1 refuses connections (ECONNREFUSED).']);
});

test('errors of the configuration are named all at once', async () => {
  const { code, err } = await o.run('user list', { PORT: 'many', SECRET_KEY: 'short' });
  expect(code).toBe(1);
  expect(err).toMatch(/2 errors:\n {2}- SECRET_KEY: .*\n {2}- PORT: /);
});
