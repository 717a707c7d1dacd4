import { type Executor, passwordResets, users } from '@moonlight/db';
import { and, eq, isNull, sql } from 'drizzle-orm';

/** Makes the account's open reset link worthless. */
export const replaceOpenResets = async (tx: Executor, userId: string, now: Date): Promise<void> => {
  await tx
    .update(passwordResets)
    .set({ replacedAt: now })
    .where(and(eq(passwordResets.userId, userId), isNull(passwordResets.replacedAt), isNull(passwordResets.usedAt)));
};

/**
 * Stores a link if the account is there; an unknown account costs the same statement. Of two at the same instant the
 * later one takes the place of the other.
 */
export const insertPasswordReset = async (
  tx: Executor,
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

/** The link of this hash with its account. */
export const findPasswordReset = async (db: Executor, tokenHash: string) => {
  const rows = await db
    .select({ reset: passwordResets, user: users })
    .from(passwordResets)
    .innerJoin(users, eq(users.id, passwordResets.userId))
    .where(eq(passwordResets.tokenHash, tokenHash));
  return rows[0];
};

/** The link of this hash as it is now, locked until the transaction ends. */
export const lockPasswordReset = async (tx: Executor, tokenHash: string) => {
  const rows = await tx.select().from(passwordResets).where(eq(passwordResets.tokenHash, tokenHash)).for('update');
  return rows[0];
};

export const spendPasswordReset = async (tx: Executor, id: string, now: Date): Promise<void> => {
  await tx.update(passwordResets).set({ usedAt: now }).where(eq(passwordResets.id, id));
};
