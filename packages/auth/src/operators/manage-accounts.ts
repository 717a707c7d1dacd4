import type { Mail } from '@moonlight/contracts';
import { transaction, type Tx } from '@moonlight/db';
import { recordOperation } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import { enqueueNotice, notifyWorker } from '../outbox/enqueue-mail.ts';
import { endAllSessions } from '../sessions/manage-sessions.ts';
import {
  type AccountFilter,
  countValidSessions,
  lockAccount,
  selectAccount,
  selectAccounts,
  setActive,
  type StoredAccount,
} from './accounts-store.ts';
import type { Operator } from './operator.ts';

export type { StoredAccount } from './accounts-store.ts';

/** The newest accounts that a filter leaves. */
export const listAccounts = ({ db }: AuthDeps, filter: AccountFilter): Promise<StoredAccount[]> =>
  selectAccounts(db, filter);

/** An account by email address, username or id, with the number of its valid sessions. Throws USER_NOT_FOUND. */
export const showAccount = async (
  { db, clock }: AuthDeps,
  who: string,
): Promise<StoredAccount & { readonly sessions: number }> => {
  const account = await selectAccount(db, who);
  if (account === undefined) throw new AuthError('USER_NOT_FOUND');
  return { ...account, sessions: await countValidSessions(db, account.id, clock.now()) };
};

/** What an operator does to an account, and who does it. */
export interface AccountOperation {
  readonly who: string;
  readonly operator: Operator;
}

/** What was done: `isChanged` is false if the account was in that state before. */
export interface OperatedAccount {
  readonly account: StoredAccount;
  readonly isChanged: boolean;
  /** How many sessions ended. */
  readonly endedSessions: number;
}

interface Change {
  readonly event: 'account_disabled' | 'account_enabled' | 'sessions_ended' | 'deletion_planned' | 'deletion_cancelled';
  readonly notice: Pick<Extract<Mail, { kind: 'operator-action' }>, 'action' | 'deletesAt'>;
  /** Makes the change; resolves with whether there was anything to change, and how many sessions ended. */
  readonly act: (tx: Tx, account: StoredAccount) => Promise<Pick<OperatedAccount, 'isChanged' | 'endedSessions'>>;
}

/** Locks the account, changes it, and if anything was changed, writes the audit entry and queues the notice to its owner. Throws USER_NOT_FOUND. */
export const operate = async (
  deps: AuthDeps,
  { who, operator: { actor, reason } }: AccountOperation,
  { event, notice: content, act }: Change,
): Promise<OperatedAccount> => {
  const done = await transaction(deps.db, async (tx) => {
    const account = await lockAccount(tx, who);
    if (account === undefined) return undefined;
    const changed = await act(tx, account);
    if (!changed.isChanged) return { account, ...changed, outboxId: null };
    const { id: userId } = account;
    await recordOperation(tx, deps, { event, actor, userId, details: { reason, sessions: changed.endedSessions } });
    const notice = { kind: 'operator-action', at: deps.clock.now().toISOString(), ...content } as const;
    const { outboxId } = await enqueueNotice(tx, deps, { userId, notice, request: null });
    return { account, ...changed, outboxId };
  });
  if (done === undefined) throw new AuthError('USER_NOT_FOUND');
  const { outboxId, ...result } = done;
  if (outboxId !== null) notifyWorker(deps, outboxId);
  return result;
};

const switchTo = (deps: AuthDeps, operation: AccountOperation, isActive: boolean): Promise<OperatedAccount> =>
  operate(deps, operation, {
    event: isActive ? 'account_enabled' : 'account_disabled',
    notice: { action: isActive ? 'enabled' : 'disabled' },
    act: async (tx, { id, isActive: wasActive }) => {
      if (wasActive !== isActive) await setActive(tx, { id, isActive, now: deps.clock.now() });
      return { isChanged: wasActive !== isActive, endedSessions: 0 };
    },
  });

/**
 * Disables an account: from the next call on, on every replica, its owner gets ACCOUNT_DISABLED. The sessions stay, and
 * work again when it is enabled. Throws USER_NOT_FOUND.
 */
export const disableAccount = (deps: AuthDeps, operation: AccountOperation): Promise<OperatedAccount> =>
  switchTo(deps, operation, false);

/** Enables a disabled account. Throws USER_NOT_FOUND. */
export const enableAccount = (deps: AuthDeps, operation: AccountOperation): Promise<OperatedAccount> =>
  switchTo(deps, operation, true);

/** Ends all sessions of an account, from the next call on, on every replica. Throws USER_NOT_FOUND. */
export const endAccountSessions = (deps: AuthDeps, operation: AccountOperation): Promise<OperatedAccount> =>
  operate(deps, operation, {
    event: 'sessions_ended',
    notice: { action: 'sessions-ended' },
    act: async (tx, { id: userId }) => {
      const endedSessions = await endAllSessions(tx, deps, { userId, reason: 'revoked', except: undefined });
      return { isChanged: endedSessions > 0, endedSessions };
    },
  });
