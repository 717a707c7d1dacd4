import { once } from 'node:events';
import { logIn, mailedResetToken, registerVerified } from '@moonlight/auth/testing';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Operated, operated } from '../testing/operated.ts';

let o: Operated;
beforeAll(async () => {
  o = await operated();
});
afterAll(() => o.close());

const list = async (args: string, name: string): Promise<Readonly<Record<string, unknown>>[]> => {
  const answer = await o.json(args);
  const found: unknown = Object.entries(answer ?? {}).find(([key]) => key === name)?.[1];
  return Array.isArray(found) ? found : [];
};

test('mails are listed and shown without their content, and a waiting one can be made due', async () => {
  const { person } = await registerVerified(o.t);
  const token = await mailedResetToken(o.t, person);
  const { out } = await o.run('mail list --kind reset-link --state pending');
  expect(out).toMatch(/^ID .*\n[0-9a-f-]{36} +reset-link +pending +0 +- +20/);
  const [mail] = await list('mail list --kind reset-link', 'mails');
  const id = String(mail?.['id']);
  const shown = await o.run(`mail show ${id} --json`);
  expect(JSON.parse(shown.out)).toMatchObject({ mail: { id, state: 'pending' } });
  expect(shown.out).not.toMatch(new RegExp(`payload|${token}|${person.email}`, 'i'));

  expect(await o.run(`mail retry ${id} --reason x`)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/does not wait/),
  });
  const later = new Date(Date.now() + 300_000);
  await o.t.deps.db.$client.query('update outbox set due_at = $1, attempts = 5 where id = $2', [later, id]);
  expect(await o.json('mail retry --all --reason "the server is back"')).toEqual({ retried: 1 });
  const { rows } = await o.t.deps.db.$client.query('select due_at <= now() as due from outbox where id = $1', [id]);
  expect(rows).toEqual([{ due: true }]);
  const [entry] = await list('audit list --event mails_retried', 'entries');
  expect(entry).toMatchObject({ details: { reason: 'the server is back', mails: 1 } });
});

test.each([
  ['mail show nothing', /There is no mail with this id/],
  ['mail test a@example.com', /MAIL_SERVER is not set/],
])('%s is refused in one sentence', async (args, sentence) => {
  expect(await o.run(args)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(sentence) });
});

test.each([
  ['mail list --state tired', /Allowed choices are pending, sending, sent, refused, expired/],
  ['mail retry --reason x', /Name a mail by its id, or use --all/],
  ['mail show', /missing required argument 'id'/],
  ['mail frobnicate', /unknown command 'frobnicate'/],
])('%s is misuse, which is also a document with --json', async (args, sentence) => {
  const err = expect.stringMatching(sentence);
  expect(await o.run(args)).toMatchObject({ code: 2, out: '', err });
  expect(await o.json(args)).toEqual({ error: { code: 'MISUSE', message: err } });
});

const smtp = async (options: SMTPServerOptions = {}) => {
  const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], closeTimeout: 100, ...options });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  return { MAIL_SERVER: '127.0.0.1', MAIL_PORT: port, MAIL_USE_SSL: 'false' };
};

test('a test mail says what the server answered', async () => {
  const received: string[] = [];
  const onData: SMTPServerOptions['onData'] = (stream, { envelope }, done) => {
    received.push(...envelope.rcptTo.map(({ address }) => address));
    stream.resume().on('end', () => done());
  };
  const accepted = await o.run('mail test alice@example.com', await smtp({ onData }));
  expect(accepted).toMatchObject({ code: 0, out: expect.stringMatching(/accepted the mail: 250 /) });
  expect(received).toEqual(['alice@example.com']);
  const onRcptTo: SMTPServerOptions['onRcptTo'] = (_address, _session, done) =>
    done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
  const refused = await o.run('mail test alice@example.com', await smtp({ onRcptTo }));
  expect(refused).toMatchObject({
    code: 1,
    err: expect.stringMatching(/refuses the recipient or the mail \(550 no such mailbox\)/),
  });
});

test('a rotation adds a key that signs later, and the old one is accepted meanwhile', async () => {
  const { person } = await registerVerified(o.t);
  const { accessToken } = await logIn(o.t, person);
  const [old] = await list('keys list', 'keys');
  expect(old).toMatchObject({ state: 'signing', secret: 'SECRET_KEY', acceptedUntil: null });
  const { code, out } = await o.run('keys rotate --reason "every year"');
  expect([code, out]).toEqual([0, expect.stringMatching(/^Added [0-9a-f-]{36}\. It signs from 20/)]);
  const keys = await list('keys list', 'keys');
  expect(keys.map(({ state }) => state)).toEqual(['next', 'signing']);
  expect(keys[1]).toMatchObject({ kid: old?.['kid'], acceptedUntil: expect.stringMatching(/^20/) });
  expect(JSON.stringify(keys)).not.toMatch(/privateKey|PRIVATE/);
  await expect(o.replica.authenticate(accessToken)).resolves.toMatchObject({ user: { username: person.username } });
  const [entry] = await list('audit list --event signing_key_rotated', 'entries');
  expect(entry).toMatchObject({ details: { reason: 'every year', kid: keys[0]?.['kid'] } });
});

test('a key that no configured secret opens is unreadable, and HS256 has no keys', async () => {
  const other = await o.run('keys list --json', { SECRET_KEY: 'quite another secret of quite another service' });
  expect(other.out).toContain('"state": "unreadable"');
  const shared = { JWT_SECRET_KEY: 'a secret that is shared with all the verifiers' };
  expect(await o.run('keys list', shared)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^JWT_SECRET_KEY signs/),
  });
});

test('the audit log is listed by account, event and time, the newest first, with actor and reason', async () => {
  const { person, user } = await registerVerified(o.t);
  await o.run(`user disable ${user.id} --reason "two\tlines"`);
  const events = (await list(`audit list --user ${person.email}`, 'entries')).map(({ event }) => event);
  expect(events).toEqual(['account_disabled', 'email_verified', 'registered']);
  const { out } = await o.run(`audit list --user ${user.id} --event account_disabled --since 1h`);
  expect(out.split('\n')[1]).toMatch(/^20\S+Z +account_disabled +\S+ +cli:\S+ +two.lines +sessions=0$/);
  expect(out).not.toContain('\t');
  expect(await list('audit list --since 2999-01-01', 'entries')).toEqual([]);
});
