import { withdrawCode } from '../codes/verify-code.ts';
import type { AuthDeps } from '../deps.ts';
import { withdrawVerifications } from '../email-verification/send-verification.ts';
import { withdrawResets } from '../password-reset/send-password-reset.ts';
import { endAllSessions } from '../sessions/manage-sessions.ts';
import { secondsAfter } from '../system.ts';
import { setDeletesAt } from './accounts-store.ts';
import { type AccountOperation, operate, type OperatedAccount } from './manage-accounts.ts';

/**
 * Plans the deletion of an account in ACCOUNT_DELETION_DAYS: ends its sessions, makes its links and codes invalid, and from
 * then on the right password gets ACCOUNT_DELETION_PENDING. Its address and username stay taken until it is erased. Throws
 * USER_NOT_FOUND.
 */
export const deleteAccount = async (deps: AuthDeps, operation: AccountOperation): Promise<OperatedAccount> => {
  const now = deps.clock.now();
  const deletesAt = secondsAfter(now, deps.settings.accounts.deletionSeconds);
  const result = await operate(deps, operation, {
    event: 'deletion_planned',
    notice: { action: 'deletion-planned', deletesAt: deletesAt.toISOString() },
    act: async (tx, { id: userId, email, deletesAt: planned }) => {
      if (planned !== null) return { isChanged: false, endedSessions: 0 };
      await setDeletesAt(tx, { id: userId, deletesAt, now });
      const endedSessions = await endAllSessions(tx, deps, { userId, reason: 'revoked', except: undefined });
      await withdrawVerifications(tx, deps, userId);
      await withdrawResets(tx, deps, userId);
      for (const purpose of ['register', 'reset_password'] as const) await withdrawCode(tx, deps, { email, purpose });
      return { isChanged: true, endedSessions };
    },
  });
  return result.isChanged ? { ...result, account: { ...result.account, deletesAt } } : result;
};

/** Cancels the planned deletion of an account, as long as it is not erased. Its sessions stay ended. Throws USER_NOT_FOUND. */
export const restoreAccount = (deps: AuthDeps, operation: AccountOperation): Promise<OperatedAccount> =>
  operate(deps, operation, {
    event: 'deletion_cancelled',
    notice: { action: 'deletion-cancelled' },
    act: async (tx, { id, deletesAt }) => {
      if (deletesAt === null) return { isChanged: false, endedSessions: 0 };
      await setDeletesAt(tx, { id, deletesAt: null, now: deps.clock.now() });
      return { isChanged: true, endedSessions: 0 };
    },
  });
