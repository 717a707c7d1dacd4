import { auditLog, type Tx, users, verificationCodes } from '@moonlight/db';
import { asc, inArray, lte, sql } from 'drizzle-orm';

/** An account whose deletion is due. */
export interface DueAccount {
  readonly id: string;
  readonly email: string;
}

/**
 * Locks up to `limit` accounts that are to be deleted at `now` or before. One that another transaction has locked is skipped:
 * another worker erases it, or an operator restores it.
 */
export const lockDueAccounts = (tx: Tx, { now, limit }: { now: Date; limit: number }): Promise<DueAccount[]> =>
  tx
    .select({ id: users.id, email: users.email })
    .from(users)
    .where(lte(users.deletesAt, now))
    .orderBy(asc(users.deletesAt))
    .limit(limit)
    .for('update', { skipLocked: true });

/** Deletes accounts with their codes and, by foreign keys, their sessions, links and held notices. */
export const deleteAccounts = async (tx: Tx, accounts: readonly DueAccount[]): Promise<void> => {
  const emails = accounts.map(({ email }) => email.toLowerCase());
  await tx.delete(verificationCodes).where(inArray(verificationCodes.email, emails));
  const ids = accounts.map(({ id }) => id);
  await tx.delete(users).where(inArray(users.id, ids));
};

/** Reduces the audit entries of accounts to their id, event and time, and replaces the account by its pseudonym. */
export const anonymizeEntries = async (
  tx: Tx,
  accounts: readonly { readonly id: string; readonly pseudonym: string }[],
): Promise<void> => {
  await tx.execute(sql`
    update ${auditLog}
    set user_id = erased.pseudonym, ip = null, user_agent = null, request_id = null, details = null
    from jsonb_to_recordset(${JSON.stringify(accounts)}::jsonb) as erased(id uuid, pseudonym uuid)
    where ${auditLog.userId} = erased.id`);
};
