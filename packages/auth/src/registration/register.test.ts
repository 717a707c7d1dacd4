import { users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuthError } from '../auth-error.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { dumpTables } from '../testing/read-tables.ts';
import {
  changedHasher,
  inParallel,
  logIn,
  newPerson,
  refusalOf,
  registerByLink,
  registerVerified,
  tally,
  tokenOf,
  waitOf,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { verifyEmail } from '../email-verification/verify-email.ts';
import { checkEmail, register } from './register.ts';

const DAY = 86_400;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const registering = (person: ReturnType<typeof newPerson>) => refusalOf(register(t.deps, person, testRequest()));
const accounts = async (email: string) => (await t.deps.db.select().from(users).where(eq(users.email, email))).length;

test('a new account is unverified and keeps its names as typed; a link is mailed, and there are no tokens', async () => {
  const person = newPerson();
  const { user, tokens } = await register(t.deps, { ...person, locale: 'zh-CN' }, testRequest());
  const now = t.clock.now().toISOString();
  expect(tokens).toBeNull();
  expect(user).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    email: person.email,
    username: person.username,
    isActive: true,
    isEmailVerified: false,
    emailVerifiedAt: null,
    locale: 'zh-CN',
    createdAt: now,
    updatedAt: now,
  });
  const mail = await t.lastMail('verification-link', person.email);
  expect(mail).toMatchObject({ username: person.username, locale: 'zh-CN', expiresInMinutes: 15 });
  expect(mail.url).toMatch(/^https:\/\/app\.example\.com\/verify-email\?token=[\w-]{43}$/);
});

test('the language of an account is that of the request, unless the input names one', async () => {
  const person = newPerson();
  const { user } = await register(t.deps, person, testRequest({ locale: 'zh-CN' }));
  expect(user.locale).toBe('zh-CN');
});

test('passwords are stored only as argon2id hashes', async () => {
  const { person } = await registerByLink(t);
  const [row] = await t.deps.db.select().from(users).where(eq(users.email, person.email));
  expect(row?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/);
});

test('of parallel registrations with one email exactly one succeeds, the others get EMAIL_TAKEN', async () => {
  const { email } = newPerson();
  const rivals = Array.from({ length: 8 }, (_, index) => ({
    ...newPerson(),
    email: index % 2 === 0 ? email : email.toUpperCase(),
  }));
  const outcomes = await Promise.all(rivals.map(registering));
  expect(tally(outcomes)).toEqual({ none: 1, EMAIL_TAKEN: 7 });
});

test('of parallel registrations with one username exactly one succeeds; the others can use another name at once', async () => {
  const { username } = newPerson();
  const rivals = Array.from({ length: 8 }, (_, index) => ({
    ...newPerson(),
    username: index % 2 === 0 ? username : username.toUpperCase(),
  }));
  const outcomes = await Promise.all(rivals.map(registering));
  expect(tally(outcomes)).toEqual({ none: 1, USERNAME_TAKEN: 7 });
  const losers = rivals.filter((_, index) => outcomes[index] !== 'none');
  for (const { email } of losers) expect(await registering({ ...newPerson(), email })).toBe('none');
});

test('EMAIL_TAKEN comes before USERNAME_TAKEN, neither starts a cooldown, and nothing is written', async () => {
  const { person } = await registerByLink(t);
  const other = newPerson();
  const before = await dumpTables(t.deps.db, ['limits']);
  expect(await registering(person)).toBe('EMAIL_TAKEN');
  expect(await registering({ ...person, email: person.email.toLowerCase() })).toBe('EMAIL_TAKEN');
  expect(await registering({ ...other, username: person.username.toLowerCase() })).toBe('USERNAME_TAKEN');
  expect(await registering({ ...other, password: 'Password123' })).toBe('PASSWORD_TOO_COMMON');
  expect(await registering({ ...other, password: other.email.toLowerCase() })).toBe('PASSWORD_TOO_COMMON');
  expect(await registering({ ...other, password: other.username.toUpperCase() })).toBe('PASSWORD_TOO_COMMON');
  expect(await dumpTables(t.deps.db, ['limits'])).toEqual(before);
  expect(await registering(other)).toBe('none');
});

test.each(['admin', 'ADMIN', 'Ad_min', 'moonlight', 'Moon_Light_'])(
  'the reserved username %s counts as taken, after EMAIL_TAKEN and without a cooldown',
  async (username) => {
    const { person } = await registerByLink(t);
    expect(await registering({ ...person, username })).toBe('EMAIL_TAKEN');
    const other = newPerson();
    expect(await registering({ ...other, username })).toBe('USERNAME_TAKEN');
    expect(await registering({ ...other, username: `${username}s` })).toBe('none');
    await t.deps.db.delete(users).where(eq(users.email, other.email));
  },
);

test('OVERLOADED starts no cooldown, so a retry succeeds', async () => {
  const busy = () => Promise.reject(new AuthError('OVERLOADED', { retryAfter: 1 }));
  const person = newPerson();
  const overloaded = { ...t.deps, hasher: changedHasher(t.deps.hasher, () => ({ hash: busy })) };
  const before = await dumpTables(t.deps.db, ['limits']);
  expect(await refusalOf(register(overloaded, person, testRequest()))).toBe('OVERLOADED');
  expect(await dumpTables(t.deps.db, ['limits'])).toEqual(before);
  expect(await registering(person)).toBe('none');
});

test('an account that was neither verified nor used expires after exactly 24 hours', async () => {
  const { person, linkToken } = await registerByLink(t);
  t.clock.advance(DAY - 0.001);
  expect(await registering(person)).toBe('EMAIL_TAKEN');
  expect(await registering({ ...person, email: newPerson().email })).toBe('USERNAME_TAKEN');
  t.clock.advance(0.001);
  expect(await registering(person)).toBe('none');
  expect(await accounts(person.email)).toBe(1);
  // The verification link was deleted with the expired account.
  expect(await refusalOf(verifyEmail(t.deps, { token: linkToken }, testRequest()))).toBe('LINK_INVALID');
});

test('a registration can replace two expired accounts, one by email and one by username', async () => {
  const { person: first } = await registerByLink(t);
  const { person: second } = await registerByLink(t);
  t.clock.advance(DAY);
  const outcomes = await inParallel(4, () => registering({ ...first, username: second.username }));
  expect(tally(outcomes)).toEqual({ none: 1, EMAIL_TAKEN: 3 });
  expect(await accounts(second.email)).toBe(0);
});

test('an account that was verified or used never expires', async () => {
  const { person: verified } = await registerVerified(t);
  const { person: used } = await registerByLink(t);
  await logIn(t, used);
  t.clock.advance(400 * DAY);
  expect(await registering(verified)).toBe('EMAIL_TAKEN');
  expect(await registering(used)).toBe('EMAIL_TAKEN');
});

test('one IP address can register exactly 50 times an hour, refused attempts included', async () => {
  const request = testRequest();
  const attempt = () => refusalOf(register(t.deps, newPerson(), request));
  expect(tally(await inParallel(49, attempt))).toEqual({ none: 49 });
  const { person } = await registerByLink(t);
  expect(await refusalOf(register(t.deps, person, request))).toBe('EMAIL_TAKEN');
  expect(tally(await inParallel(5, attempt))).toEqual({ RATE_LIMITED: 5 });
  t.clock.advance(3599.999);
  await expect(register(t.deps, newPerson(), request)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfter: 1 });
  t.clock.advance(0.001);
  expect(await refusalOf(register(t.deps, newPerson(), request))).toBe('none');
});

test('the link of a registration verifies the email', async () => {
  const { person } = await registerByLink(t);
  const { url } = await t.lastMail('verification-link', person.email);
  expect(await verifyEmail(t.deps, { token: tokenOf(url) }, testRequest())).toEqual({ status: 'verified' });
});

test('the longest wait of all limits refuses a registration, before the password is hashed', async () => {
  const { settings } = t.deps;
  const shortLived = { ...settings.accounts, unverifiedAccountSeconds: 10 };
  const limits = { ...settings.limits, mailsPerIpPerHour: 1 };
  let hashed = 0;
  const hasher = changedHasher(t.deps.hasher, (place) => ({
    hash: (password) => {
      hashed += 1;
      return place.hash(password);
    },
  }));
  const deps = {
    ...t.deps,
    hasher,
    settings: { ...settings, accounts: shortLived, limits },
  };
  const person = newPerson();
  const request = testRequest();
  await register(deps, person, request);
  // The account has expired, but the cooldown of its mail has not.
  t.clock.advance(10);
  expect(await waitOf(register(deps, person, testRequest()))).toBe(50);
  expect(await waitOf(register(deps, person, request))).toBe(3590);
  expect(await waitOf(register(deps, newPerson(), request))).toBe(3590);
  expect(hashed).toBe(1);
});

const check = (email: string, request = testRequest()) => checkEmail(t.deps, { email }, request);

test('checkEmail finds an email in any case, verified or not', async () => {
  expect(await check((await registerByLink(t)).person.email.toUpperCase())).toEqual({ exists: true });
  expect(await check((await registerVerified(t)).person.email)).toEqual({ exists: true });
  expect(await check(newPerson().email)).toEqual({ exists: false });
});

test('checkEmail does not find an expired account', async () => {
  const { person } = await registerByLink(t);
  t.clock.advance(86_400);
  expect(await check(person.email)).toEqual({ exists: false });
});

test('one IP address can call checkEmail exactly 60 times a minute', async () => {
  const request = testRequest();
  const outcomes = await inParallel(70, () => refusalOf(check(newPerson().email, request)));
  expect(tally(outcomes)).toEqual({ none: 60, RATE_LIMITED: 10 });
  expect(await waitOf(check(newPerson().email, request))).toBe(60);
  t.clock.advance(60);
  expect(await refusalOf(check(newPerson().email, request))).toBe('none');
});
