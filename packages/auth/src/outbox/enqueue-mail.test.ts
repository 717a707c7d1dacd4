import { outbox } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { register } from '../registration/register.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { dumpTables } from '../testing/dump-tables.ts';
import { newPerson, refusalOf, signUp, tokenOf } from '../testing/people.ts';
import { testRequest } from '../testing/test-request.ts';
import { confirmEmail } from '../email-verification/confirm-email.ts';
import { enqueueMail } from './enqueue-mail.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

/** The domain on a database whose transactions fail just before they commit. */
const failingAtCommit = () => {
  const transaction: typeof t.deps.db.transaction = (work, config) =>
    t.deps.db.transaction(async (tx) => {
      await work(tx);
      throw new Error('the connection broke');
    }, config);
  const db = new Proxy(t.deps.db, {
    get: (target, key) => (key === 'transaction' ? transaction : Reflect.get(target, key)),
  });
  return { ...t.deps, db };
};

test('a transaction that fails leaves neither account nor link, mail nor record, and no worker is notified', async () => {
  const notified: string[] = [];
  const mailQueue = { add: async (ids: readonly string[]) => void notified.push(...ids) };
  const person = newPerson();
  const before = await dumpTables(t.deps.db, ['limits']);
  await expect(register({ ...failingAtCommit(), mailQueue }, person, testRequest())).rejects.toThrow(
    'connection broke',
  );
  expect(await dumpTables(t.deps.db, ['limits'])).toEqual(before);
  expect(notified).toEqual([]);
  expect(await refusalOf(register(t.deps, person, testRequest()))).toBe('none');
});

test('the mail is promised by the very transaction that makes its link', async () => {
  const { person, linkToken } = await signUp(t);
  const mail = await t.lastMail('verification-link', person.email);
  expect(tokenOf(mail.url)).toBe(linkToken);
  expect(await refusalOf(confirmEmail(t.deps, { token: linkToken }, testRequest()))).toBe('none');
  // Everything a registration writes is inside one transaction; what comes before and after are limits and look-ups.
  t.statements();
  await signUp(t);
  const statements = t.statements();
  const written = statements.slice(statements.indexOf('begin'), statements.indexOf('commit') + 1).join('\n');
  for (const table of ['users', 'email_verifications', 'outbox', 'audit_log'])
    expect(written).toContain(`insert into "${table}"`);
});

test('the worker is told after the commit, by the id alone; a queue that is away costs nothing', async () => {
  const seen: { id: string; isThere: boolean }[] = [];
  const add = async ([id = '']: readonly string[]) => {
    const rows = await t.deps.db.select().from(outbox).where(eq(outbox.id, id));
    seen.push({ id, isThere: rows.length === 1 });
    throw new Error('the queue is away');
  };
  const warnings: object[] = [];
  const log = { ...t.deps.log, warn: (fields: object) => void warnings.push(fields) };
  await register({ ...t.deps, log, mailQueue: { add } }, newPerson(), testRequest());
  await expect.poll(() => warnings).toHaveLength(1);
  expect(seen).toEqual([{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), isThere: true }]);
});

test('the answer does not wait for the queue', async () => {
  const mailQueue = { add: () => new Promise<never>(() => undefined) };
  expect(await refusalOf(register({ ...t.deps, mailQueue }, newPerson(), testRequest()))).toBe('none');
});

test('what a pending mail needs is sealed to its own row', async () => {
  const mail = {
    kind: 'no-account',
    to: 'bob@example.com',
    locale: 'en',
    registerUrl: 'https://app.example.com',
  } as const;
  const ids = [];
  for (let times = 0; times < 2; times += 1) ids.push(await enqueueMail({ ...t.deps, tx: t.deps.db }, mail, 60));
  const [one, two] = await Promise.all(
    ids.map(async (id) => (await t.deps.db.select().from(outbox).where(eq(outbox.id, id)))[0]),
  );
  expect(one?.payload).toMatch(/^[\w-]+$/);
  expect(Buffer.from(one?.payload ?? '', 'base64url').toString('latin1')).not.toContain('bob');
  expect(one?.payload).not.toBe(two?.payload);
});
