import type { Tx } from '@moonlight/db';
import { withdrawCode } from '../codes/verify-code.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { enqueueNotice, type QueuedNotice } from '../outbox/enqueue-mail.ts';
import { withdrawResets } from '../password-reset/send-password-reset.ts';
import { endAllSessions } from '../sessions/manage-sessions.ts';
import { setPasswordHash, type UserRow } from '../users/users.ts';

interface Replacement {
  readonly user: Pick<UserRow, 'id' | 'email'>;
  readonly passwordHash: string;
  readonly reason: 'password_changed' | 'password_reset';
  /** The session in which the owner changes the password; it does not end. */
  readonly keptSession?: string;
  readonly request: RequestInfo;
}

/**
 * Sets a new password in the caller's transaction, with all its consequences: the sessions end, outstanding reset links
 * and codes become invalid, and a notice to the owner is queued. Pass the result to `sendNotice` after the commit.
 */
export const replacePassword = async (
  tx: Tx,
  deps: AuthDeps,
  { user, passwordHash, reason, keptSession, request }: Replacement,
): Promise<QueuedNotice> => {
  const now = deps.clock.now();
  const { id: userId, email } = user;
  await setPasswordHash(tx, { id: userId, passwordHash, now });
  await endAllSessions(tx, deps, { userId, reason, except: keptSession });
  await withdrawResets(tx, deps, userId);
  await withdrawCode(tx, deps, { email, purpose: 'reset_password' });
  return enqueueNotice(tx, deps, { userId, notice: { kind: 'password-changed', at: now.toISOString() }, request });
};
