import type { Tx } from '@moonlight/db';
import { withdrawCode } from '../codes/verify-code.ts';
import type { AuthDeps } from '../deps.ts';
import { enqueueMail } from '../outbox/enqueue-mail.ts';
import { withdrawResets } from '../password-reset/send-password-reset.ts';
import { endAllSessions } from '../sessions/manage-sessions.ts';
import { setPasswordHash, type UserRow } from '../users/users.ts';

// The notice is still useful after a long outage of the mail server.
const NOTICE_TTL_SECONDS = 7 * 86_400;

interface Replacement {
  readonly user: Pick<UserRow, 'id' | 'email' | 'username' | 'locale'>;
  readonly passwordHash: string;
  readonly reason: 'password_changed' | 'password_reset';
  /** The session in which the owner changes the password; it does not end. */
  readonly keptSession?: string;
}

/**
 * Sets a new password in the caller's transaction, with all its consequences: the sessions end, outstanding reset links
 * and codes become invalid, and a notice to the owner is queued. Returns the notice's outbox id.
 */
export const replacePassword = async (
  tx: Tx,
  deps: AuthDeps,
  { user, passwordHash, reason, keptSession }: Replacement,
): Promise<string> => {
  const now = deps.clock.now();
  const { id: userId, email: to, username, locale } = user;
  await setPasswordHash(tx, { id: userId, passwordHash, now });
  await endAllSessions(tx, deps, { userId, reason, except: keptSession });
  await withdrawResets(tx, deps, userId);
  await withdrawCode(tx, deps, { email: to, purpose: 'reset_password' });
  const notice = { kind: 'password-changed', to, username, locale, at: now.toISOString() } as const;
  return enqueueMail(tx, deps, { mail: notice, ttlSeconds: NOTICE_TTL_SECONDS });
};
