import { type Executor, sessions, type Tx, users } from '@moonlight/db';
import { and, desc, eq, gt, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm';

/** What an operator may see of an account: nothing that opens it. */
export interface StoredAccount {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly locale: 'en' | 'zh-CN';
  readonly isActive: boolean;
  readonly emailVerifiedAt: Date | null;
  readonly firstLoginAt: Date | null;
  /** When it will be erased; null unless its deletion is planned. */
  readonly deletesAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const visible = {
  id: users.id,
  email: users.email,
  username: users.username,
  locale: users.locale,
  isActive: users.isActive,
  emailVerifiedAt: users.emailVerifiedAt,
  firstLoginAt: users.firstLoginAt,
  deletesAt: users.deletesAt,
  createdAt: users.createdAt,
  updatedAt: users.updatedAt,
};

/** How an account is named: a username contains neither `@` nor `-`. */
const isNamed = (who: string): SQL => {
  const name = who.toLowerCase();
  if (name.includes('@')) return sql`lower(${users.email}) = ${name}`;
  return name.includes('-') ? sql`${users.id}::text = ${name}` : sql`lower(${users.username}) = ${name}`;
};

export const selectAccount = async (tx: Executor, who: string): Promise<StoredAccount | undefined> =>
  (await tx.select(visible).from(users).where(isNamed(who)))[0];

/** The same, unchanged until the transaction ends. */
export const lockAccount = async (tx: Tx, who: string): Promise<StoredAccount | undefined> =>
  (await tx.select(visible).from(users).where(isNamed(who)).for('no key update'))[0];

/** Which accounts to list. */
export interface AccountFilter {
  /** The beginning of the email address or of the username. */
  readonly search: string | undefined;
  readonly state: 'active' | 'disabled' | 'unverified' | undefined;
  readonly limit: number;
}

const STATES: Readonly<Record<NonNullable<AccountFilter['state']>, SQL | undefined>> = {
  active: and(eq(users.isActive, true), isNotNull(users.emailVerifiedAt)),
  disabled: eq(users.isActive, false),
  unverified: isNull(users.emailVerifiedAt),
};

/** The newest accounts. */
export const selectAccounts = (tx: Executor, { search, state, limit }: AccountFilter): Promise<StoredAccount[]> => {
  const start = search?.toLowerCase();
  const isFound =
    start === undefined
      ? undefined
      : or(sql`starts_with(lower(${users.email}), ${start})`, sql`starts_with(lower(${users.username}), ${start})`);
  return tx
    .select(visible)
    .from(users)
    .where(and(isFound, state === undefined ? undefined : STATES[state]))
    .orderBy(desc(users.createdAt), desc(users.id))
    .limit(limit);
};

export const countValidSessions = async (tx: Executor, userId: string, now: Date): Promise<number> => {
  const rows = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), gt(sessions.expiresAt, now)));
  return rows[0]?.count ?? 0;
};

export const setActive = async (
  tx: Tx,
  { id, isActive, now }: { id: string; isActive: boolean; now: Date },
): Promise<void> => {
  await tx.update(users).set({ isActive, updatedAt: now }).where(eq(users.id, id));
};

export const setDeletesAt = async (
  tx: Tx,
  { id, deletesAt, now }: { id: string; deletesAt: Date | null; now: Date },
): Promise<void> => {
  await tx.update(users).set({ deletesAt, updatedAt: now }).where(eq(users.id, id));
};
