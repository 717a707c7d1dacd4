import type { Locale } from '@moonlight/contracts';
import { type Executor, fieldsOf, insertInto, prepared, type Tx, users } from '@moonlight/db';
import { and, eq, gt, isNotNull, isNull, lte, or, type Placeholder, type SQL, sql } from 'drizzle-orm';

export type UserRow = typeof users.$inferSelect;

const hasEmail = (email: string | Placeholder): SQL => sql`lower(${users.email}) = ${email}`;
/** Erasing an account removes more than its row, so an account whose deletion is planned is not replaced. */
const isReplaceable = and(isNull(users.emailVerifiedAt), isNull(users.deletesAt));
const hasName = or(hasEmail(sql.placeholder('email')), sql`lower(${users.username}) = ${sql.placeholder('username')}`);

/** An account that was neither verified nor used has expired when it was created at `expiry` or before. */
export interface Expiry<Time = Date> {
  readonly expiry: Time;
  /** An invited account has not expired while its invitation is valid. */
  readonly now: Time;
}

const isCurrent = ({ expiry, now }: Expiry<SQL>): SQL | undefined =>
  or(
    isNotNull(users.emailVerifiedAt),
    isNotNull(users.firstLoginAt),
    isNotNull(users.deletesAt),
    gt(users.createdAt, expiry),
    gt(users.invitedUntil, now),
  );

/** The opposite of `isCurrent`, in the form of the partial index. An account whose deletion is planned is erased instead. */
export const isExpired = ({ expiry, now }: Expiry<Date | SQL>): SQL | undefined =>
  and(
    isNull(users.emailVerifiedAt),
    isNull(users.firstLoginAt),
    isNull(users.deletesAt),
    lte(users.createdAt, expiry),
    or(isNull(users.invitedUntil), lte(users.invitedUntil, now)),
  );

export interface AccountNames {
  readonly email: string;
  readonly username: string;
}

const given: Expiry<SQL> = {
  expiry: sql`${sql.placeholder('expiry')}::timestamptz`,
  now: sql`${sql.placeholder('now')}::timestamptz`,
};

const timesOf = ({ expiry, now }: Expiry) => ({ expiry: expiry.toISOString(), now: now.toISOString() });

const byEmail = prepared<UserRow>('user_by_email', (db) =>
  db
    .select(fieldsOf(users))
    .from(users)
    .where(and(hasEmail(sql.placeholder('email')), isCurrent(given))),
);

export const selectUserByEmail = async (tx: Executor, email: string, expiry: Expiry): Promise<UserRow | undefined> =>
  (await byEmail(tx, { email: email.toLowerCase(), ...timesOf(expiry) }))[0];

/**
 * For each current account with this email or username: whether it has the email, and whether it gives way to an owner of
 * the mailbox, as an account does that was never verified and that no deletion is planned for.
 */
export const selectSameNames = (tx: Executor, names: AccountNames, expiry: Expiry) =>
  sameNames(tx, valuesOf(names, expiry));

const sameNames = prepared<{ sameEmail: boolean; isReplaceable: boolean }>('users_by_name', (db) =>
  db
    .select({
      sameEmail: hasEmail(sql.placeholder('email')).as('sameEmail'),
      isReplaceable: sql`(${isReplaceable})`.as('isReplaceable'),
    })
    .from(users)
    .where(and(hasName, isCurrent(given))),
);

export const deleteExpiredUsers = async (tx: Tx, names: AccountNames, expiry: Expiry): Promise<void> => {
  await deleteExpired(tx, valuesOf(names, expiry));
};

const deleteExpired = prepared('delete_expired_users', (db) => db.delete(users).where(and(hasName, isExpired(given))));

const valuesOf = ({ email, username }: AccountNames, expiry: Expiry) => ({
  email: email.toLowerCase(),
  username: username.toLowerCase(),
  ...timesOf(expiry),
});

export interface NewUser extends AccountNames {
  readonly id: string;
  readonly passwordHash: string;
  readonly locale: Locale;
  readonly emailVerifiedAt: Date | null;
  readonly firstLoginAt: Date | null;
  readonly registrationIp: string | null;
  readonly registrationUserAgent: string | null;
  readonly invitedUntil?: Date;
}

const insert = insertInto(users);

export const insertUserRow = async (tx: Tx, user: NewUser, now: Date): Promise<UserRow> => {
  // Nothing in the row is decided by the database, so there is no answer to wait for.
  const absent = { invitedUntil: null, deletesAt: null };
  const row = { ...absent, ...user, isActive: true, createdAt: now, updatedAt: now };
  await insert(tx, row);
  return row;
};

/**
 * The account, unchanged until the transaction ends. A transaction that also locks links, codes or sessions of the account
 * takes this lock before them, so that no two of them can deadlock.
 */
export const lockUser = async (tx: Tx, id: string): Promise<UserRow | undefined> => {
  const rows = await tx.select().from(users).where(eq(users.id, id)).for('no key update');
  return rows[0];
};

/** Deletes an account with its sessions and links. */
export const deleteUser = async (tx: Tx, id: string): Promise<void> => {
  await tx.delete(users).where(eq(users.id, id));
};

/** Deletes the account with this email if it is replaceable (see `selectSameNames`). Returns its id, or undefined when there was none. */
export const deleteUnverifiedUser = async (tx: Tx, email: string): Promise<string | undefined> => {
  const rows = await tx
    .delete(users)
    .where(and(hasEmail(email.toLowerCase()), isReplaceable))
    .returning({ id: users.id });
  return rows[0]?.id;
};

export const findPasswordHash = async (tx: Executor, id: string): Promise<string | undefined> => {
  const rows = await tx.select({ passwordHash: users.passwordHash }).from(users).where(eq(users.id, id));
  return rows[0]?.passwordHash;
};

/**
 * The same, and the hash cannot change until the transaction ends. Every replacement of a password takes this lock
 * before any other, so that a reset by link, a reset by code and a change at the same moment cannot deadlock.
 */
export const lockPasswordHash = async (tx: Tx, id: string): Promise<string | undefined> => {
  const rows = await tx
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, id))
    .for('no key update');
  return rows[0]?.passwordHash;
};

export const setPasswordHash = async (
  tx: Tx,
  { id, passwordHash, now }: { id: string; passwordHash: string; now: Date },
): Promise<void> => {
  await tx.update(users).set({ passwordHash, updatedAt: now }).where(eq(users.id, id));
};

/**
 * Marks the email as verified, and removes what was kept for that. Returns whether this call did it: false when it was
 * verified before.
 */
export const markEmailVerified = async (tx: Tx, { id, now }: { id: string; now: Date }): Promise<boolean> => {
  const rows = await tx
    .update(users)
    .set({ emailVerifiedAt: now, registrationIp: null, registrationUserAgent: null, updatedAt: now })
    .where(and(eq(users.id, id), isNull(users.emailVerifiedAt)))
    .returning({ id: users.id });
  return rows.length === 1;
};

/**
 * Locks the account for a login with the password of `provenHash`. Returns undefined if that is no longer its hash, or
 * if its deletion was planned meanwhile.
 * Until the transaction ends a replacement of the password waits, and so does another login, which then sees the
 * session that this one opens.
 */
export const lockForLogin = async (
  tx: Tx,
  account: { id: string; provenHash: string },
): Promise<{ isEmailVerified: boolean; isFirst: boolean } | undefined> => (await lockProven(tx, account))[0];

const lockProven = prepared<{ isEmailVerified: boolean; isFirst: boolean }>('lock_for_login', (db) =>
  db
    .select({
      isEmailVerified: isNotNull(users.emailVerifiedAt).as('isEmailVerified'),
      isFirst: isNull(users.firstLoginAt).as('isFirst'),
    })
    .from(users)
    .where(
      and(
        eq(users.id, sql.placeholder('id')),
        eq(users.passwordHash, sql.placeholder('provenHash')),
        isNull(users.deletesAt),
      ),
    )
    .for('no key update'),
);

/** Records the first login, or a new hash of the same password. Other logins write nothing to the account. */
export const recordLogin = async (
  tx: Tx,
  { id, now, passwordHash }: { id: string; now: Date; passwordHash: string },
): Promise<void> => {
  const firstLoginAt = sql`coalesce(${users.firstLoginAt}, ${now.toISOString()}::timestamptz)`;
  await tx.update(users).set({ firstLoginAt, passwordHash }).where(eq(users.id, id));
};
