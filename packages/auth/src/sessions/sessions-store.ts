import type { User } from '@moonlight/contracts';
import { type Executor, insertInto, prepared, sessions, type StatementWriter, type Tx, users } from '@moonlight/db';
import { and, desc, eq, gt, inArray, isNotNull, isNull, ne, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

export type SessionRow = typeof sessions.$inferSelect;
export type RevokeReason = NonNullable<SessionRow['revokeReason']>;

export const insertSession: (tx: Tx, row: typeof sessions.$inferInsert) => Promise<void> = insertInto(sessions);

const isoTime = (column: AnyPgColumn, name: string) =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`.as(name);

/** An account as its owner may see it, and when the session expires: null when it was ended or is not the account's. */
type Authenticated = User & { readonly validUntilMs: number | null };

/**
 * The one query behind every bearer call; no row when the account does not exist. PostgreSQL returns it in the shape of the
 * answer, so nothing has to be mapped.
 */
export const findAuthenticated = prepared<Authenticated>('authenticate', (db) => {
  const ofSession = and(
    eq(sessions.id, sql.placeholder('sessionId')),
    eq(sessions.userId, users.id),
    isNull(sessions.revokedAt),
  );
  return db
    .select({
      id: users.id,
      email: users.email,
      username: users.username,
      isActive: sql`${users.isActive}`.as('isActive'),
      isEmailVerified: sql`${users.emailVerifiedAt} is not null`.as('isEmailVerified'),
      emailVerifiedAt: isoTime(users.emailVerifiedAt, 'emailVerifiedAt'),
      locale: users.locale,
      createdAt: isoTime(users.createdAt, 'createdAt'),
      updatedAt: isoTime(users.updatedAt, 'updatedAt'),
      validUntilMs: sql`(extract(epoch from ${sessions.expiresAt}) * 1000)::float8`.as('validUntilMs'),
    })
    .from(users)
    .leftJoin(sessions, ofSession)
    .where(eq(users.id, sql.placeholder('userId')));
});

/**
 * The one statement that rotates: it increments the counter if the token's counter is the current one, the session is valid
 * and the account is active. `nextExpiresAt` is limited to the session's maximum lifetime.
 */
export const rotateSession = prepared<{ userId: string; counter: number; isEmailVerified: boolean }>(
  'rotate_session',
  (db) =>
    db
      .update(sessions)
      .set({
        counter: sql`${sessions.counter} + 1`,
        rotatedAt: sql`${sql.placeholder('now')}::timestamptz`,
        secretId: sql`${sql.placeholder('secretId')}`,
        expiresAt: sql`least(${sql.placeholder('nextExpiresAt')}::timestamptz, ${sessions.createdAt} + ${sql.placeholder('maxSeconds')}::float8 * interval '1 second')`,
      })
      .from(users)
      .where(
        and(
          eq(sessions.id, sql.placeholder('sessionId')),
          eq(sessions.counter, sql.placeholder('counter')),
          isNull(sessions.revokedAt),
          sql`${sessions.expiresAt} > ${sql.placeholder('now')}::timestamptz`,
          eq(users.id, sessions.userId),
          eq(users.isActive, true),
        ),
      )
      .returning({
        userId: sql`${sessions.userId}`.as('userId'),
        counter: sessions.counter,
        isEmailVerified: isNotNull(users.emailVerifiedAt).as('isEmailVerified'),
      }),
);

/**
 * A session with its account; the session cannot change until the transaction ends. The account is locked before it (see
 * `lockUser`), but only against its removal.
 */
export const lockSession = async (tx: Tx, id: string) => {
  const owner = tx.select({ id: sessions.userId }).from(sessions).where(eq(sessions.id, id));
  await tx.select({ id: users.id }).from(users).where(inArray(users.id, owner)).for('key share');
  const rows = await tx
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, id))
    .for('update', { of: sessions });
  return rows[0];
};

interface Revocation {
  readonly id: string;
  readonly reason: RevokeReason;
  readonly now: Date;
  /** Only a session of this account. */
  readonly userId?: string | null;
}

/** The statement that ends a session if it is valid, and returns the id of its account. Its values: `revocationValues`. */
export const revocation = (db: StatementWriter) => {
  const now = sql`${sql.placeholder('now')}::timestamptz`;
  const userId = sql`${sql.placeholder('userId')}::uuid`;
  return db
    .update(sessions)
    .set({ revokedAt: now, revokeReason: sql`${sql.placeholder('reason')}` })
    .where(
      and(
        eq(sessions.id, sql.placeholder('sessionId')),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, now),
        sql`(${userId} is null or ${sessions.userId} = ${userId})`,
      ),
    )
    .returning({ userId: sessions.userId });
};

export const revocationValues = ({ id: sessionId, reason, now, userId = null }: Revocation) => ({
  sessionId,
  reason,
  now: now.toISOString(),
  userId,
});

const revoke = prepared<{ user_id: string }>('revoke_session', revocation);

/** Ends a session. Returns the id of its account, or undefined when the session was not valid. */
export const revokeSession = async (tx: Tx, revoked: Revocation): Promise<string | undefined> =>
  (await revoke(tx, revocationValues(revoked)))[0]?.user_id;

/** Whether a session exists and was not ended, expired or not. */
export const isUnended = async (tx: Executor, id: string): Promise<boolean> => {
  const found = await tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)));
  return found.length > 0;
};

/** Ends all valid sessions of an account except `except`. Returns how many. */
export const revokeAllSessions = async (
  tx: Tx,
  { userId, reason, now, except }: { userId: string; reason: RevokeReason; now: Date; except: string | undefined },
): Promise<number> => {
  const rows = await tx
    .update(sessions)
    .set({ revokedAt: now, revokeReason: reason })
    .where(
      and(
        eq(sessions.userId, userId),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, now),
        except === undefined ? undefined : ne(sessions.id, except),
      ),
    )
    .returning({ id: sessions.id });
  return rows.length;
};

const isValidOf = (userId: string | Placeholder, now: Date | SQL) =>
  and(eq(sessions.userId, userId), isNull(sessions.revokedAt), gt(sessions.expiresAt, now));

/** The valid sessions of an account beyond the `kept` most recently used ones. */
export const selectLeastRecentlyUsed = async (
  tx: Tx,
  { userId, now, kept }: { userId: string; now: Date; kept: number },
): Promise<string[]> => (await leastRecentlyUsed(tx, { userId, now: now.toISOString(), kept })).map(({ id }) => id);

const leastRecentlyUsed = prepared<{ id: string }>('least_recently_used', (db) =>
  db
    .select({ id: sessions.id })
    .from(sessions)
    .where(isValidOf(sql.placeholder('userId'), sql`${sql.placeholder('now')}::timestamptz`))
    .orderBy(desc(sessions.rotatedAt), desc(sessions.id))
    .offset(sql.placeholder('kept')),
);

/** Ends the given sessions. */
export const revokeSessions = async (
  tx: Tx,
  { ids, reason, now }: { ids: readonly string[]; reason: RevokeReason; now: Date },
): Promise<void> => {
  await tx
    .update(sessions)
    .set({ revokedAt: now, revokeReason: reason })
    .where(and(sql`${sessions.id} = any(${sql.param([...ids])}::uuid[])`, isNull(sessions.revokedAt)));
};

/** The valid sessions of an account, the most recently used first: `current`, and the first 99 of the others. */
export const listValidSessions = async (
  tx: Executor,
  { userId, current, now }: { userId: string; current: string; now: Date },
): Promise<SessionRow[]> => {
  const rows = await tx
    .select()
    .from(sessions)
    .where(isValidOf(userId, now))
    .orderBy(desc(eq(sessions.id, current)), desc(sessions.rotatedAt))
    .limit(100);
  return rows.toSorted((a, b) => b.rotatedAt.getTime() - a.rotatedAt.getTime());
};
