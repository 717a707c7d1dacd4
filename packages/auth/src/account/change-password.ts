import type { ChangePasswordInput } from '@moonlight/contracts';
import { transaction } from '@moonlight/db';
import { recordAudit } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import { refuseCommonPassword } from '../credentials/password-rules.ts';
import { replacePassword } from '../credentials/replace-password.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { sendNotice } from '../outbox/enqueue-mail.ts';
import { countLoginFailure, refuseWhileWaiting } from '../rate-limit/enforce-limits.ts';
import { loginLimits } from '../rate-limit/limit-rules.ts';
import type { Identity } from '../sessions/authenticate.ts';
import { findPasswordHash, lockPasswordHash } from '../users/users.ts';

/**
 * Changes the password after a check of the current one; the other sessions end and a notice is mailed to the owner.
 * Wrong attempts wait like those of a login. Throws PASSWORD_TOO_COMMON, RATE_LIMITED, REAUTHENTICATION_FAILED,
 * OVERLOADED.
 */
export const changePassword = async (
  deps: AuthDeps,
  { input, identity }: { input: ChangePasswordInput; identity: Identity },
  request: RequestInfo,
): Promise<null> => {
  const { user, sessionId } = identity;
  const { id: userId } = user;
  refuseCommonPassword(input.newPassword, user);
  using place = deps.hasher.enter(request.ip);
  const { pair, ip } = loginLimits(deps, user.email, request);
  const [pairWait = 0, ipWait = 0] = await deps.limits.peek([pair, ip]);
  refuseWhileWaiting(Math.max(pairWait, ipWait));
  const current = await findPasswordHash(deps.db, userId);
  if (!(await place.verify(input.currentPassword, current))) {
    await countLoginFailure(deps, { pair, ip });
    throw new AuthError('REAUTHENTICATION_FAILED');
  }
  refuseWhileWaiting(await deps.limits.reset(pair.key));

  const passwordHash = await place.hash(input.newPassword);
  const notice = await transaction(deps.db, async (tx) => {
    // The password was replaced while it was checked: the call proved the old password, not the current one.
    if ((await lockPasswordHash(tx, userId)) !== current) return undefined;
    await recordAudit(tx, deps, { event: 'password_changed', userId, request, details: { sessionId } });
    const replacement = { user, passwordHash, reason: 'password_changed', keptSession: sessionId, request } as const;
    return replacePassword(tx, deps, replacement);
  });
  if (notice === undefined) throw new AuthError('REAUTHENTICATION_FAILED');
  await sendNotice(deps, notice, request);
  return null;
};
