import type { Locale, User } from '@moonlight/contracts';
import { type Executor, users, violatedUniqueIndex } from '@moonlight/db';
import { and, eq, gt, isNotNull, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import { AuthError } from '../auth-error.ts';
import { secondsAfter } from '../clock.ts';
import type { AuthDeps } from '../deps.ts';

export type UserRow = typeof users.$inferSelect;

/** An account as its owner may see it; the password hash stays behind. */
export const toUser = (row: Omit<UserRow, 'passwordHash' | 'firstLoginAt'>): User => ({
  id: row.id,
  email: row.email,
  username: row.username,
  isActive: row.isActive,
  isEmailVerified: row.emailVerifiedAt !== null,
  emailVerifiedAt: row.emailVerifiedAt?.toISOString() ?? null,
  locale: row.locale,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

export const hasEmail = (email: string): SQL => sql`lower(${users.email}) = ${email.toLowerCase()}`;
export const hasUsername = (username: string): SQL => sql`lower(${users.username}) = ${username.toLowerCase()}`;

const goneLimit = ({ clock, settings }: Pick<AuthDeps, 'clock' | 'settings'>): Date =>
  secondsAfter(clock.now(), -settings.accounts.unverifiedAccountSeconds);

/** Accounts that count: an account nobody verified or used counts as gone once its time is over. */
export const isThere = (deps: AuthDeps): SQL | undefined =>
  or(isNotNull(users.emailVerifiedAt), isNotNull(users.firstLoginAt), gt(users.createdAt, goneLimit(deps)));

/** The opposite of `isThere`, in the shape of the partial index. */
export const isGone = (deps: Pick<AuthDeps, 'clock' | 'settings'>): SQL | undefined =>
  and(isNull(users.emailVerifiedAt), isNull(users.firstLoginAt), lte(users.createdAt, goneLimit(deps)));

export const findUserByEmail = async (
  deps: AuthDeps & { readonly tx: Executor },
  email: string,
): Promise<UserRow | undefined> => {
  const rows = await deps.tx
    .select()
    .from(users)
    .where(and(hasEmail(email), isThere(deps)));
  return rows[0];
};

/** Which of the two somebody has already; the address counts more. */
export const findTaken = async (
  deps: AuthDeps,
  { email, username }: { email: string; username: string },
): Promise<'EMAIL_TAKEN' | 'USERNAME_TAKEN' | undefined> => {
  const rows = await deps.db
    .select({ sameEmail: sql<boolean>`${hasEmail(email)}` })
    .from(users)
    .where(and(or(hasEmail(email), hasUsername(username)), isThere(deps)));
  if (rows.length === 0) return undefined;
  return rows.some(({ sameEmail }) => sameEmail) ? 'EMAIL_TAKEN' : 'USERNAME_TAKEN';
};

interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly passwordHash: string;
  readonly locale: Locale;
  readonly emailVerifiedAt: Date | null;
  readonly firstLoginAt: Date | null;
}

/** Inserts an account, in place of those of the same address or name that count as gone. Rejects when one is taken. */
export const insertUser = async (deps: AuthDeps & { readonly tx: Executor }, user: NewUser): Promise<UserRow> => {
  const now = deps.clock.now();
  await deps.tx.delete(users).where(and(or(hasEmail(user.email), hasUsername(user.username)), isGone(deps)));
  const rows = await deps.tx
    .insert(users)
    .values({ ...user, createdAt: now, updatedAt: now })
    .returning();
  const [row] = rows;
  if (row === undefined) throw new Error('an insert answered no row');
  return row;
};

export const findPasswordHash = async (db: Executor, id: string): Promise<string | undefined> => {
  const rows = await db.select({ passwordHash: users.passwordHash }).from(users).where(eq(users.id, id));
  return rows[0]?.passwordHash;
};

/**
 * The same, and nobody changes it until the transaction ends. Whoever replaces a password takes this lock before any
 * other, so that of a reset by link, a reset by code and a change at the same moment none waits for another in a circle.
 */
export const lockPasswordHash = async (tx: Executor, id: string): Promise<string | undefined> => {
  const rows = await tx
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, id))
    .for('no key update');
  return rows[0]?.passwordHash;
};

export const setPasswordHash = async (
  tx: Executor,
  { id, passwordHash, now }: { id: string; passwordHash: string; now: Date },
): Promise<void> => {
  await tx.update(users).set({ passwordHash, updatedAt: now }).where(eq(users.id, id));
};

/** Marks the address as verified, unless it was before; answers whether it does so now. */
export const markEmailVerified = async (tx: Executor, { id, now }: { id: string; now: Date }): Promise<boolean> => {
  const rows = await tx
    .update(users)
    .set({ emailVerifiedAt: now, updatedAt: now })
    .where(and(eq(users.id, id), isNull(users.emailVerifiedAt)))
    .returning({ id: users.id });
  return rows.length === 1;
};

/** Turns the unique index that two racing registrations met into the refusal of the later one; others pass through. */
export const takenError = (error: unknown): unknown => {
  const index = violatedUniqueIndex(error);
  if (index === 'users_email_key') return new AuthError('EMAIL_TAKEN', { cause: error });
  if (index === 'users_username_key') return new AuthError('USERNAME_TAKEN', { cause: error });
  return error;
};

/**
 * Remembers that somebody logged in with the password of `provenHash`, and keeps a hash that was made anew with today's
 * cost. Answers whether that is the account's password still; whoever replaces it waits until the transaction ends. Only
 * the first login changes what an index holds, so the later ones write no index.
 */
export const recordLogin = async (
  tx: Executor,
  { id, now, provenHash, newHash }: { id: string; now: Date; provenHash: string; newHash: string | undefined },
): Promise<boolean> => {
  const rows = await tx
    .update(users)
    .set({
      firstLoginAt: sql`coalesce(${users.firstLoginAt}, ${now.toISOString()}::timestamptz)`,
      passwordHash: newHash ?? provenHash,
    })
    .where(and(eq(users.id, id), eq(users.passwordHash, provenHash)))
    .returning({ id: users.id });
  return rows.length === 1;
};
