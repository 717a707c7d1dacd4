import { auditLog, sessions, transaction, users } from '@moonlight/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import {
  changedHasher,
  inParallel,
  logIn,
  refusalOf,
  registerByLink,
  registerVerified,
  tally,
} from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';
import { login } from './login.ts';
import { listSessions } from './manage-sessions.ts';

let t: TestAuth;
let few: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
  few = await createTestAuth({
    database: t.database,
    clock: t.clock,
    settings: { tokens: { sessionsPerAccount: 3 } },
  });
});
afterAll(async () => {
  await few.close();
  await t.close();
});

const valid = (userId: string) =>
  t.deps.db.$count(sessions, and(eq(sessions.userId, userId), isNull(sessions.revokedAt)));
const auditOf = (userId: string) =>
  t.deps.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.userId, userId), eq(auditLog.event, 'session_revoked')));

test('one session too many ends the least recently used one, with its tokens, and leaves an audit entry', async () => {
  const { person, user } = await registerByLink(few);
  const opened = [];
  for (let times = 0; times < 3; times += 1) {
    opened.push(await logIn(few, person));
    few.clock.advance(60);
  }
  const [first, second, third] = opened;
  // The oldest session is used now, so the second one was used least recently.
  await few.refresh({ refreshToken: first?.refreshToken ?? '' }, testRequest());
  const fourth = await logIn(few, person);
  for (const session of [first, third, fourth])
    expect(await refusalOf(few.authenticate(session?.accessToken))).toBe('none');
  expect(await refusalOf(few.authenticate(second?.accessToken))).toBe('TOKEN_INVALID');
  expect(await refusalOf(few.refresh({ refreshToken: second?.refreshToken ?? '' }, testRequest()))).toBe(
    'REFRESH_TOKEN_INVALID',
  );
  const [row] = await t.deps.db
    .select()
    .from(sessions)
    .where(eq(sessions.id, second?.identity.sessionId ?? ''));
  expect(row).toMatchObject({ revokeReason: 'limit', revokedAt: few.clock.now() });
  expect(await auditOf(user.id)).toMatchObject([
    { details: { reason: 'limit', keptSessionId: fourth.identity.sessionId, revoked: 1 } },
  ]);
});

test('expired and ended sessions, and those of other accounts, do not count', async () => {
  const { person, user } = await registerVerified(few);
  await logIn(few, person);
  few.clock.advance(7 * 86_400);
  const other = await logIn(few, (await registerVerified(few)).person);
  for (let times = 0; times < 3; times += 1) await logIn(few, person);
  expect(await auditOf(user.id)).toEqual([]);
  expect(await refusalOf(few.authenticate(other.accessToken))).toBe('none');
});

test('a lower limit ends all sessions that are too many at the next login', async () => {
  const { person, user } = await registerByLink(t);
  for (let times = 0; times < 8; times += 1) await logIn(t, person);
  await logIn(few, person);
  expect(await valid(user.id)).toBe(3);
});

test('of 100 parallel logins on two replicas exactly 50 sessions are valid', async () => {
  const replica = await createTestAuth({ database: t.database, clock: t.clock });
  const { person, user } = await registerByLink(t);
  const outcomes = await inParallel(100, (index) =>
    refusalOf(login((index % 2 === 0 ? t : replica).deps, person, testRequest())),
  );
  expect(tally(outcomes)).toEqual({ none: 100 });
  expect(await valid(user.id)).toBe(50);
  await replica.close();
});

test('only the first login writes to the account', async () => {
  const { person, user } = await registerByLink(t);
  const version = async () => {
    const [row] = await t.deps.db
      .select({ at: sql`ctid::text`, firstLoginAt: users.firstLoginAt })
      .from(users)
      .where(eq(users.id, user.id));
    return row;
  };
  const before = await version();
  await logIn(t, person);
  const first = await version();
  expect(first).toMatchObject({ firstLoginAt: t.clock.now() });
  expect(first).not.toEqual(before);
  t.clock.advance(60);
  await logIn(t, person);
  expect(await version()).toEqual(first);
});

test('the current session is listed, also when 100 others were used more recently', async () => {
  const many = await createTestAuth({
    database: t.database,
    clock: t.clock,
    settings: { tokens: { sessionsPerAccount: 1000 } },
  });
  const { person } = await registerByLink(many);
  const { identity } = await logIn(many, person);
  many.clock.advance(1);
  await inParallel(100, () => login(many.deps, person, testRequest()));
  const listed = await listSessions(many.deps, identity);
  expect(listed).toHaveLength(100);
  expect(listed.at(-1)).toMatchObject({ id: identity.sessionId, current: true });
  await many.close();
});

test('parallel logins of one account leave connections for other calls while its row is locked', async () => {
  const { person, user } = await registerVerified(t);
  const { accessToken } = await logIn(t, (await registerVerified(t)).person);
  const replica = await createTestAuth({ database: t.database, clock: t.clock });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = transaction(replica.deps.db, async (tx) => {
    await tx.select().from(users).where(eq(users.id, user.id)).for('update');
    locked.resolve();
    await released;
  });
  await locked.promise;
  let verified = 0;
  const hasher = changedHasher(t.deps.hasher, (place) => ({
    verify: async (password, hash) => {
      const isRight = await place.verify(password, hash);
      verified += 1;
      return isRight;
    },
  }));
  const logins = inParallel(30, () => refusalOf(login({ ...t.deps, hasher }, person, testRequest())));
  await expect.poll(() => verified).toBe(30);
  for (let calls = 0; calls < 30; calls += 1) expect(await refusalOf(t.authenticate(accessToken))).toBe('none');
  release();
  await holding;
  expect(tally(await logins)).toEqual({ none: 30 });
  await replica.close();
});
