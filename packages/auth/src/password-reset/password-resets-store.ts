import { type Executor, passwordResets, type Tx, users } from '@moonlight/db';
import { and, eq, isNull, sql } from 'drizzle-orm';

/** Invalidates the account's open reset link. The account is locked before it (see `lockUser`), against its removal. */
export const replaceOpenResets = async (tx: Tx, userId: string, now: Date): Promise<void> => {
  const owner = tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('key share');
  await tx
    .update(passwordResets)
    .set({ replacedAt: now })
    .where(and(eq(passwordResets.userId, owner), isNull(passwordResets.replacedAt), isNull(passwordResets.usedAt)));
};

/**
 * Stores a link if the account exists; an unknown account costs the same statement. When two are stored for an account
 * at the same moment, the later one replaces the other.
 */
export const insertPasswordReset = async (
  tx: Tx,
  row: { id: string; userId: string; tokenHash: string; createdAt: Date; expiresAt: Date },
): Promise<void> => {
  await tx.execute(sql`
    insert into ${passwordResets} (id, user_id, token_hash, created_at, expires_at)
    select ${row.id}::uuid, ${users.id}, ${row.tokenHash}, ${row.createdAt.toISOString()}::timestamptz,
      ${row.expiresAt.toISOString()}::timestamptz
    from ${users} where ${users.id} = ${row.userId}::uuid
    on conflict (user_id) where replaced_at is null and used_at is null do update set
      id = excluded.id, token_hash = excluded.token_hash, created_at = excluded.created_at, expires_at = excluded.expires_at`);
};

/** The link with this hash, and its account. */
export const findPasswordReset = async (tx: Executor, tokenHash: string) => {
  const rows = await tx
    .select({ reset: passwordResets, user: users })
    .from(passwordResets)
    .innerJoin(users, eq(users.id, passwordResets.userId))
    .where(eq(passwordResets.tokenHash, tokenHash));
  return rows[0];
};

/** The link with this hash, locked until the transaction ends. */
export const lockPasswordReset = async (tx: Tx, tokenHash: string) => {
  const rows = await tx.select().from(passwordResets).where(eq(passwordResets.tokenHash, tokenHash)).for('update');
  return rows[0];
};

export const spendPasswordReset = async (tx: Tx, id: string, now: Date): Promise<void> => {
  await tx.update(passwordResets).set({ usedAt: now }).where(eq(passwordResets.id, id));
};
