import { outbox, transaction } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { register } from '../registration/register.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { dumpTables } from '../testing/read-tables.ts';
import { newPerson, refusalOf, registerByLink, tokenOf } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';
import { enqueueMail } from './enqueue-mail.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

/** The domain with a database that answers every commit with an error. */
const failingAtCommit = () => {
  const replace = <T extends object>(target: T, replaced: { readonly [Key in keyof T]?: unknown }): T =>
    new Proxy(target, {
      get: (of, key) => {
        const value: unknown = Reflect.get(key in replaced ? replaced : of, key);
        return typeof value === 'function' ? value.bind(of) : value;
      },
    });
  const { $client: pool } = t.deps.db;
  const connect = async () => {
    const client = await pool.connect();
    const query = (statement: { text: string }) =>
      client.query(statement.text === 'commit' ? { text: 'select 1 / 0' } : statement);
    return replace(client, { query });
  };
  return { ...t.deps, db: replace(t.deps.db, { $client: replace(pool, { connect }) }) };
};

test('a failed transaction leaves no account, link, mail or audit entry, and no worker is notified', async () => {
  const notified: string[] = [];
  const mailQueue = { notify: async () => void notified.push('notified') };
  const person = newPerson();
  const before = await dumpTables(t.deps.db, ['limits']);
  await expect(register({ ...failingAtCommit(), mailQueue }, person, testRequest())).rejects.toThrow(
    'division by zero',
  );
  expect(await dumpTables(t.deps.db, ['limits'])).toEqual(before);
  expect(notified).toEqual([]);
  expect(await refusalOf(register(t.deps, person, testRequest()))).toBe('none');
});

test('the mail is queued in the transaction that creates its link', async () => {
  const { person, linkToken } = await registerByLink(t);
  const mail = await t.lastMail('verification-link', person.email);
  expect(tokenOf(mail.url)).toBe(linkToken);
  expect(await refusalOf(verifyEmail(t.deps, { token: linkToken }, testRequest()))).toBe('none');
  // Everything that a registration writes is inside one transaction; before and after it there are limits and look-ups.
  t.statements();
  await registerByLink(t);
  const statements = t.statements();
  const began = statements.findIndex((text) => text.startsWith('begin'));
  const written = statements.slice(began, statements.indexOf('commit') + 1).join('\n');
  for (const table of ['users', 'email_verifications', 'outbox', 'audit_log'])
    expect(written).toContain(`insert into "${table}"`);
});

test('the worker is notified after the commit; a failing queue causes no error', async () => {
  const committed: number[] = [];
  const before = await t.deps.db.$count(outbox);
  const notify = async () => {
    committed.push((await t.deps.db.$count(outbox)) - before);
    throw new Error('the queue failed');
  };
  const warnings: object[] = [];
  const log = { ...t.deps.log, warn: (fields: object) => void warnings.push(fields) };
  await register({ ...t.deps, log, mailQueue: { notify } }, newPerson(), testRequest());
  await expect.poll(() => warnings).toHaveLength(1);
  expect(committed).toEqual([1]);
});

test('the answer does not wait for the queue', async () => {
  const mailQueue = { notify: () => new Promise<never>(() => undefined) };
  expect(await refusalOf(register({ ...t.deps, mailQueue }, newPerson(), testRequest()))).toBe('none');
});

test('the payload of a pending mail is sealed, and bound to its row', async () => {
  const mail = {
    kind: 'no-account',
    to: 'bob@example.com',
    locale: 'en',
    registerUrl: 'https://app.example.com',
  } as const;
  const ids = [];
  for (let times = 0; times < 2; times += 1)
    ids.push(await transaction(t.deps.db, (tx) => enqueueMail(tx, t.deps, { mail, ttlSeconds: 60, request: null })));
  const [one, two] = await Promise.all(
    ids.map(async (id) => (await t.deps.db.select().from(outbox).where(eq(outbox.id, id)))[0]),
  );
  expect(one?.payload).toMatch(/^[\w-]+$/);
  expect(Buffer.from(one?.payload ?? '', 'base64url').toString('latin1')).not.toContain('bob');
  expect(one?.payload).not.toBe(two?.payload);
});
