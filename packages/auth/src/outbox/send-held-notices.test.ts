import { accountNotices, users } from '@moonlight/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { cleanUp } from '../clean-up/clean-up.ts';
import { newId, secondsAfter } from '../system.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { changeInLoop, noticesTo } from '../testing/notices.ts';
import { inParallel, registerVerified } from '../testing/people.ts';
import { sendHeldNotices } from './send-held-notices.ts';

const HOUR = 3600;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
beforeEach(async () => {
  await t.deps.db.delete(accountNotices);
});
afterAll(() => t.close());

const withHeld = async (times = 4) => {
  const { person, user } = await registerVerified(t);
  await changeInLoop(t, person, { times });
  return { person, user };
};

/** Accounts whose hour has ended with one notice held back. */
const addEnded = async (count: number, kind = 'password-changed'): Promise<void> => {
  const now = t.clock.now();
  const held = { [kind]: { count: 1, lastAt: now.toISOString() } };
  for (let number = 0; number < count; number += 1) {
    const id = newId(t.deps.random, now);
    const names = { email: `${id}@example.com`, username: id };
    await t.deps.db
      .insert(users)
      .values({ id, ...names, passwordHash: '', locale: 'en', createdAt: now, updatedAt: now });
    await t.deps.db.insert(accountNotices).values({ userId: id, windowEndsAt: now, mailed: 3, held });
  }
};

test('the mail is queued in the transaction that removes what it merges, and the worker is notified of it', async () => {
  const { person } = await withHeld();
  t.clock.advance(HOUR);
  const notified: string[] = [];
  const mailQueue = { notify: async () => void notified.push('notified') };
  t.statements();
  await sendHeldNotices({ ...t.deps, mailQueue });
  const [begin, take, insert, commit] = t.statements();
  expect([begin?.slice(0, 6), commit]).toEqual(['begin;', 'commit']);
  expect(take).toContain('delete from "account_notices"');
  expect(insert).toContain('insert into "outbox"');
  expect(notified).toHaveLength(1);
  expect(await noticesTo(t, person)).toEqual({ 'password-changed': 3, 'security-notices': 1 });
  expect(await t.deps.db.$count(accountNotices)).toBe(0);
});

test('two workers queue each merged mail once', async () => {
  await addEnded(60);
  const queued = await inParallel(4, () => sendHeldNotices(t.deps));
  expect(queued.reduce((sum, count) => sum + count)).toBe(60);
  expect(await sendHeldNotices(t.deps)).toBe(0);
});

test('a batch that cannot be queued keeps what it would have merged', async () => {
  await addEnded(2);
  const random = {
    ...t.deps.random,
    bytes: () => {
      throw new Error('no random numbers');
    },
  };
  await expect(sendHeldNotices({ ...t.deps, random })).rejects.toThrow('no random numbers');
  expect(await sendHeldNotices(t.deps)).toBe(2);
});

test('more batches follow until nothing is left, or the signal stops them', async () => {
  await addEnded(120);
  const stopping = new AbortController();
  const mailQueue = { notify: async () => stopping.abort() };
  expect(await sendHeldNotices({ ...t.deps, mailQueue }, stopping.signal)).toBe(50);
  expect(await sendHeldNotices(t.deps)).toBe(70);
});

test('a notice after the end of the hour is merged too while no worker runs', async () => {
  const { person } = await withHeld();
  t.clock.advance(HOUR + 60);
  await changeInLoop(t, { ...person, password: `${person.password}, changed 3` }, { times: 1 });
  expect(await noticesTo(t, person)).toEqual({ 'password-changed': 3 });
  await sendHeldNotices(t.deps);
  const { notices } = await t.lastMail('security-notices', person.email);
  expect(notices).toMatchObject([{ count: 2, lastAt: t.clock.now().toISOString() }]);
});

test('kinds that only a newer release knows are left to its workers', async () => {
  await addEnded(1, 'a-later-kind');
  await addEnded(1);
  expect(await sendHeldNotices(t.deps)).toBe(1);
  expect(await t.deps.db.$count(accountNotices)).toBe(1);
});

test('clean-up removes ended hours in which nothing was held back, and no others', async () => {
  const { user: ended } = await withHeld(1);
  const { user: held } = await withHeld();
  t.clock.advance(HOUR - 0.001);
  expect((await cleanUp(t.deps))['account_notices']).toBeUndefined();
  t.clock.advance(0.001);
  const { user: young } = await withHeld(1);
  expect((await cleanUp(t.deps))['account_notices']).toBe(1);
  const left = (await t.deps.db.select().from(accountNotices)).map(({ userId }) => userId);
  expect(left.toSorted()).toEqual([held.id, young.id].toSorted());
  expect(await t.deps.db.$count(accountNotices, eq(accountNotices.userId, ended.id))).toBe(0);
  expect(secondsAfter(t.clock.now(), HOUR)).toEqual(
    (await t.deps.db.select().from(accountNotices).where(eq(accountNotices.userId, young.id)))[0]?.windowEndsAt,
  );
});
