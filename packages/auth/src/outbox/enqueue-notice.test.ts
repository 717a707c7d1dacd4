import type { Notice } from '@moonlight/contracts';
import { transaction } from '@moonlight/db';
import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest';
import { confirmPasswordReset } from '../password-reset/confirm-password-reset.ts';
import { sendPasswordReset } from '../password-reset/send-password-reset.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { changeInLoop, noticesTo, reuseTokens } from '../testing/notices.ts';
import { mailedResetToken, refusalOf, registerByLink, registerVerified } from '../testing/people.ts';
import { dumpTables } from '../testing/read-tables.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { type enqueueMail, enqueueNotice } from './enqueue-mail.ts';
import { sendHeldNotices } from './send-held-notices.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

const HOUR = 3600;

test('of 24 changes of a password in a minute three are mailed, and the rest in one mail when the hour ends', async () => {
  const { person, user } = await registerVerified(t);
  await changeInLoop(t, person, { times: 24 });
  const lastAt = t.clock.now().toISOString();
  expect(await noticesTo(t, person)).toEqual({ 'password-changed': 3 });
  t.clock.advance(HOUR - 0.001);
  expect(await sendHeldNotices(t.deps)).toBe(0);
  t.clock.advance(0.001);
  expect(await sendHeldNotices(t.deps)).toBe(1);
  expect(await noticesTo(t, person)).toEqual({ 'password-changed': 3, 'security-notices': 1 });
  expect(await t.lastMail('security-notices', person.email)).toEqual({
    kind: 'security-notices',
    to: person.email,
    username: user.username,
    locale: user.locale,
    notices: [{ kind: 'password-changed', count: 21, lastAt }],
  });
  t.clock.advance(HOUR);
  expect(await sendHeldNotices(t.deps)).toBe(0);
});

test('all kinds count together, and the merged mail names each kind with its number and last time', async () => {
  const { person } = await registerVerified(t);
  await reuseTokens(t, person, 2);
  const lastReuse = t.clock.now();
  t.clock.advance(60);
  await changeInLoop(t, person, { times: 2 });
  expect(await noticesTo(t, person)).toEqual({ 'refresh-token-reuse-alert': 2, 'password-changed': 1 });
  await reuseTokens(t, { ...person, password: `${person.password}, changed 1` });
  const [lastChange, laterReuse] = [new Date(lastReuse.getTime() + 60_000), t.clock.now()];
  expect(await noticesTo(t, person)).toEqual({ 'refresh-token-reuse-alert': 2, 'password-changed': 1 });
  t.clock.advance(HOUR);
  await sendHeldNotices(t.deps);
  expect((await t.lastMail('security-notices', person.email)).notices).toEqual([
    { kind: 'password-changed', count: 1, lastAt: lastChange.toISOString() },
    { kind: 'refresh-token-reuse-alert', count: 1, lastAt: laterReuse.toISOString() },
  ]);
});

test('of twenty parallel uses of replaced tokens exactly three are mailed, and seventeen merged', async () => {
  const { person } = await registerVerified(t);
  await reuseTokens(t, person, 20);
  expect(await noticesTo(t, person)).toEqual({ 'refresh-token-reuse-alert': 3 });
  t.clock.advance(HOUR);
  await sendHeldNotices(t.deps);
  const { notices } = await t.lastMail('security-notices', person.email);
  expect(notices).toMatchObject([{ kind: 'refresh-token-reuse-alert', count: 17 }]);
});

test('an hour after the first notice an account gets three again', async () => {
  const { person } = await registerVerified(t);
  await changeInLoop(t, person, { times: 3 });
  t.clock.advance(HOUR);
  await changeInLoop(t, { ...person, password: `${person.password}, changed 2` }, { times: 3 });
  expect(await noticesTo(t, person)).toEqual({ 'password-changed': 6 });
});

test('an unverified email gets no notice, until a reset proves that it is the owner’s', async () => {
  const { person } = await registerByLink(t);
  await reuseTokens(t, person);
  await changeInLoop(t, person, { times: 2 });
  t.clock.advance(HOUR);
  await sendHeldNotices(t.deps);
  expect(await noticesTo(t, person)).toEqual({});
  const token = await mailedResetToken(t, person);
  await confirmPasswordReset(t.deps, { token, newPassword: 'a calm new morning' }, testRequest());
  expect(await noticesTo(t, person)).toEqual({ 'password-changed': 1 });
});

test('a transaction that fails leaves no notice and counts none', async () => {
  const { user } = await registerVerified(t);
  const notice = { kind: 'password-changed', at: t.clock.now().toISOString() } as const;
  const enqueue = (times: number, fails: boolean) =>
    transaction(t.deps.db, async (tx) => {
      for (let count = 0; count < times; count += 1)
        await enqueueNotice(tx, t.deps, { userId: user.id, notice, request: testRequest() });
      if (fails) throw new Error('the connection broke');
    });
  await enqueue(4, false);
  const before = await dumpTables(t.deps.db);
  await expect(enqueue(3, true)).rejects.toThrow('connection broke');
  expect(await dumpTables(t.deps.db)).toEqual(before);
});

test('a notice counts for the IP address that caused it, and is mailed however many it has', async () => {
  const limited = await createTestAuth({ settings: { limits: { mailsPerIpPerHour: 2 } } });
  const { person } = await registerVerified(limited);
  const { person: other } = await registerVerified(limited);
  const request = testRequest();
  await changeInLoop(limited, person, { times: 2, request });
  const refusal = await refusalOf(sendPasswordReset(limited.deps, other, request));
  expect(refusal).toBe('RATE_LIMITED');
  await changeInLoop(limited, other, { times: 3, request });
  expect(await noticesTo(limited, other)).toEqual({ 'password-changed': 3 });
  await limited.close();
});

test('a notice that was held back or cannot be counted causes no error', async () => {
  const { person } = await registerVerified(t);
  const warnings: object[] = [];
  const limits = { ...t.deps.limits, consume: () => Promise.reject(new Error('no limits store')) };
  const log = { ...t.deps.log, warn: (fields: object) => void warnings.push(fields) };
  const failing = { ...t, deps: { ...t.deps, limits, log } };
  await changeInLoop(failing, person, { times: 4 });
  expect(await noticesTo(t, person)).toEqual({ 'password-changed': 3 });
  expect(warnings).toHaveLength(3);
});

test('a notice cannot be queued as another mail, which no limit would count: it does not compile', () => {
  expectTypeOf<Extract<Parameters<typeof enqueueMail>[2]['mail'], Notice>>().toBeNever();
});
