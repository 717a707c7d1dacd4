import type { ChangePasswordInput } from '@moonlight/contracts';
import { recordAudit } from '../audit/audit-store.ts';
import { AuthError } from '../auth-error.ts';
import { refuseCommonPassword } from '../credentials/refuse-common-password.ts';
import { replacePassword } from '../credentials/replace-password.ts';
import type { AuthDeps } from '../deps.ts';
import { notifyWorker } from '../outbox/enqueue-mail.ts';
import { countLoginFailure, loginLimits, refuseWhileWaiting } from '../rate-limit/login-limits.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Identity } from '../sessions/authenticate.ts';
import { findPasswordHash, lockPasswordHash } from '../users/users-store.ts';

/**
 * Changes the password of whoever knows the current one; the other sessions end and the owner is told by mail. Wrong
 * tries wait like those of a login. Throws PASSWORD_TOO_COMMON, RATE_LIMITED, REAUTHENTICATION_FAILED, OVERLOADED.
 */
export const changePassword = async (
  deps: AuthDeps,
  { input, identity }: { input: ChangePasswordInput; identity: Identity },
  request: RequestInfo,
): Promise<null> => {
  const { user, sessionId } = identity;
  refuseCommonPassword(input.newPassword, user);
  const { pair, ip } = loginLimits(deps, user.email, request);
  const [pairWait = 0, ipWait = 0] = await deps.limits.peek([pair, ip]);
  refuseWhileWaiting(Math.max(pairWait, ipWait));
  const current = await findPasswordHash(deps.db, user.id);
  if (!(await deps.hasher.verify(input.currentPassword, current))) {
    await countLoginFailure(deps, { pair, ip });
    throw new AuthError('REAUTHENTICATION_FAILED');
  }
  refuseWhileWaiting(await deps.limits.reset(pair.key));

  const passwordHash = await deps.hasher.hash(input.newPassword);
  const outboxId = await deps.db.transaction(async (tx) => {
    // Somebody else changed it while this was checked: what was proven is the old password, not the current one.
    if ((await lockPasswordHash(tx, user.id)) !== current) return undefined;
    await recordAudit({ ...deps, tx }, { event: 'password_changed', userId: user.id, details: { sessionId } }, request);
    return replacePassword({ ...deps, tx }, { user, passwordHash, reason: 'password_changed', keptSession: sessionId });
  });
  if (outboxId === undefined) throw new AuthError('REAUTHENTICATION_FAILED');
  notifyWorker(deps, outboxId);
  return null;
};
