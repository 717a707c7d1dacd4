import type { Executor } from '@moonlight/db';
import { withdrawCode } from '../codes/verification-codes-store.ts';
import type { AuthDeps } from '../deps.ts';
import { enqueueMail } from '../outbox/enqueue-mail.ts';
import { replaceOpenResets } from '../password-reset/password-resets-store.ts';
import { revokeAllSessions } from '../sessions/sessions-store.ts';
import { setPasswordHash, type UserRow } from '../users/users-store.ts';

// The owner should hear of it even when the mail server is away for a while.
const NOTICE_HELPS_SECONDS = 7 * 86_400;

interface Replacement {
  readonly user: Pick<UserRow, 'id' | 'email' | 'username' | 'locale'>;
  readonly passwordHash: string;
  readonly reason: 'password_changed' | 'password_reset';
  /** The session in which the owner changes it, which goes on. */
  readonly keptSession?: string;
}

/**
 * Everything that follows from a new password, in the caller's transaction: the sessions end, outstanding reset links and
 * codes are worthless, and the owner is told. Answers the notice's outbox id.
 */
export const replacePassword = async (
  deps: AuthDeps & { readonly tx: Executor },
  { user, passwordHash, reason, keptSession }: Replacement,
): Promise<string> => {
  const now = deps.clock.now();
  const { id: userId, email: to, username, locale } = user;
  await setPasswordHash(deps.tx, { id: userId, passwordHash, now });
  const except = keptSession === undefined ? {} : { except: keptSession };
  await revokeAllSessions(deps.tx, { userId, reason, now, ...except });
  await replaceOpenResets(deps.tx, userId, now);
  await withdrawCode(deps.tx, { email: to, purpose: 'reset_password' }, now);
  return enqueueMail(
    deps,
    { kind: 'password-changed', to, username, locale, at: now.toISOString() },
    NOTICE_HELPS_SECONDS,
  );
};
