import { auditLog } from '@moonlight/db';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listAudit } from '../operators/list-audit.ts';
import { showAccount } from '../operators/manage-accounts.ts';
import { deleteAccount, restoreAccount } from '../operators/plan-deletion.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { register } from '../registration/register.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { changeInLoop } from '../testing/notices.ts';
import {
  inParallel,
  logIn,
  mailedResetCode,
  type Person,
  refusalOf,
  registerByLink,
  registerVerified,
} from '../testing/people.ts';
import { dumpTables } from '../testing/read-tables.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { eraseDueAccounts } from './erase-accounts.ts';
import { pseudonymOf } from './pseudonym.ts';

const DAYS_7 = 7 * 86_400;
const everyEntry = { who: undefined, event: undefined, since: undefined, limit: 1000 };

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
beforeEach(async () => {
  await t.deps.db.execute(sql`truncate users, audit_log, outbox, verification_codes cascade`);
});
afterAll(() => t.close());

const plan = ({ username: who }: Person) =>
  deleteAccount(t.deps, { who, operator: { actor: 'cli:root', reason: `${who} asked by letter` } });
const mailedTo = async ({ email }: Person) => (await t.mails()).filter(({ to }) => to === email).length;
const request = testRequest({ ip: '203.0.113.77', userAgent: 'Telltale/7.0' });

/** A person with rows in every table that has data of accounts, and the deletion planned. */
const planned = async () => {
  const { person, user } = await registerVerified(t);
  await logIn(t, person, request);
  await refusalOf(login(t.deps, { ...person, password: 'wrong' }, request));
  await changeInLoop(t, person, { times: 4, request });
  await mailedResetCode(t, person);
  await plan(person);
  t.clock.advance(60);
  await sendPasswordReset(t.deps, { email: person.email }, request);
  return { person, user };
};

test('afterwards no table has the address, the name, an IP address or a user agent of the account', async () => {
  const { person, user } = await planned();
  const { person: unverified } = await registerByLink(t, request);
  await plan(unverified);
  const telltale = new RegExp(
    [person, unverified]
      .flatMap(({ email, username }) => [email, username])
      .concat(user.id, '203\\.0\\.113', 'Telltale')
      .join('|'),
    'i',
  );
  expect(JSON.stringify(await dumpTables(t.deps.db))).toMatch(telltale);
  expect(await mailedTo(person)).toBeGreaterThan(3);
  t.clock.advance(DAYS_7);
  expect(await eraseDueAccounts(t.deps)).toBe(2);
  expect(JSON.stringify(await dumpTables(t.deps.db))).not.toMatch(telltale);
  expect(await t.mails()).toEqual([]);
});

test('audit entries keep event, time and a pseudonym, by which an operator who knows the id finds them', async () => {
  const { user } = await planned();
  const before = await listAudit(t.deps, { ...everyEntry, who: user.id });
  t.clock.advance(DAYS_7);
  await eraseDueAccounts(t.deps);
  const [last, ...entries] = await listAudit(t.deps, { ...everyEntry, who: user.id.toUpperCase() });
  const userId = pseudonymOf(t.deps, user.id);
  expect(last).toMatchObject({ event: 'account_erased', userId, at: t.clock.now(), details: { actor: 'worker' } });
  const nothing = { ip: null, userAgent: null, requestId: null, details: null };
  expect(before.length).toBeGreaterThan(5);
  expect(entries).toEqual(before.map(({ id, event, at }) => ({ id, event, at, userId, ...nothing })));
});

test('an account is not erased before its time, and others keep their rows and mails', async () => {
  const { person } = await planned();
  const { person: other, user } = await registerVerified(t);
  await logIn(t, other);
  const mails = await mailedTo(other);
  t.clock.advance(DAYS_7 - 61);
  expect(await eraseDueAccounts(t.deps)).toBe(0);
  expect(await refusalOf(login(t.deps, { ...person, password: 'wrong' }, testRequest()))).toBe('INVALID_CREDENTIALS');
  t.clock.advance(61);
  expect(await eraseDueAccounts(t.deps)).toBe(1);
  expect(await showAccount(t.deps, other.email)).toMatchObject({ id: user.id, sessions: 0 });
  expect(await mailedTo(other)).toBe(mails);
  const entries = await t.deps.db.select().from(auditLog).where(eq(auditLog.userId, user.id));
  expect(entries.every(({ ip, userAgent }) => ip !== null && userAgent !== null)).toBe(true);
});

test('an erasure that fails at its last statement has changed nothing, and runs again', async () => {
  const { person } = await planned();
  t.clock.advance(DAYS_7);
  const before = await dumpTables(t.deps.db);
  await t.deps.db.execute(sql`
    create function fail() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$;
    create trigger fail before delete on outbox for each row execute function fail()`);
  await expect(eraseDueAccounts(t.deps)).rejects.toThrow('killed');
  expect(await dumpTables(t.deps.db)).toEqual(before);
  await t.deps.db.execute(sql`drop function fail cascade`);
  expect(await eraseDueAccounts(t.deps)).toBe(1);
  expect(await refusalOf(showAccount(t.deps, person.email))).toBe('USER_NOT_FOUND');
});

test('of a restoration and an erasure at the same moment exactly one happens, and parallel workers erase an account once', async () => {
  const { person } = await planned();
  t.clock.advance(DAYS_7);
  const operator = { actor: 'cli:root', reason: 'changed their mind' };
  const [restored, first, second] = await Promise.all([
    refusalOf(restoreAccount(t.deps, { who: person.email, operator })),
    eraseDueAccounts(t.deps),
    eraseDueAccounts(t.deps),
  ]);
  const erased = first + second;
  expect([restored, erased]).toEqual(erased === 0 ? ['none', 0] : ['USER_NOT_FOUND', 1]);
});

test('address and name are free after the erasure, more accounts than a batch are erased, and a signal stops it', async () => {
  const people = await inParallel(51, () => registerByLink(t));
  for (const { person } of people) await plan(person);
  t.clock.advance(DAYS_7);
  expect(await eraseDueAccounts(t.deps, AbortSignal.abort())).toBe(0);
  expect(await eraseDueAccounts(t.deps)).toBe(51);
  for (const { person } of people.slice(0, 1))
    expect(await refusalOf(register(t.deps, person, testRequest()))).toBe('none');
});
