import { AuthError } from '../auth-error.ts';
import { auditIdsOf } from '../deletion/pseudonym.ts';
import type { AuthDeps } from '../deps.ts';
import { selectAccount } from './accounts-store.ts';
import { type AuditFilter, selectAuditEntries, type StoredAuditEntry } from './audit-entries-store.ts';

export type { StoredAuditEntry } from './audit-entries-store.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The newest entries of the audit log. `who` is an email address, a username, or an id, also of an account that was removed or erased.
 * Throws USER_NOT_FOUND.
 */
export const listAudit = async (
  { db, secrets }: AuthDeps,
  { who, ...filter }: Omit<AuditFilter, 'userIds'> & { readonly who: string | undefined },
): Promise<StoredAuditEntry[]> => {
  if (who === undefined) return selectAuditEntries(db, { ...filter, userIds: undefined });
  if (UUID.test(who)) return selectAuditEntries(db, { ...filter, userIds: auditIdsOf({ secrets }, who) });
  const account = await selectAccount(db, who);
  if (account === undefined) throw new AuthError('USER_NOT_FOUND');
  return selectAuditEntries(db, { ...filter, userIds: [account.id] });
};
