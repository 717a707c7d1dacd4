import type { RegisterInput, RegisterOutput } from '@moonlight/contracts';
import { recordAudit } from '../audit/audit-store.ts';
import { AuthError } from '../auth-error.ts';
import { refuseCommonPassword } from '../credentials/refuse-common-password.ts';
import type { AuthDeps } from '../deps.ts';
import { notifyWorker } from '../outbox/enqueue-mail.ts';
import { newId } from '../random.ts';
import { refuseWhileWaiting } from '../rate-limit/login-limits.ts';
import { mailLimits } from '../rate-limit/mail-limits.ts';
import { takeRegistrationLimit } from '../rate-limit/registration-limits.ts';
import type { RequestInfo } from '../request-info.ts';
import { findTaken, insertUser, takenError, toUser } from '../users/users-store.ts';
import { postVerificationLink } from '../email-verification/post-verification-link.ts';
import { registerWithCode } from './register-with-code.ts';

/**
 * Registers an account. Without a code a verification link is mailed and there are no tokens; with one see
 * registerWithCode. Throws PASSWORD_TOO_COMMON, RATE_LIMITED, EMAIL_TAKEN, USERNAME_TAKEN, OVERLOADED, the refusals
 * of a code and, without one in strict privacy, VALIDATION_FAILED.
 */
export const register = async (
  deps: AuthDeps,
  { code, ...input }: RegisterInput,
  request: RequestInfo,
): Promise<RegisterOutput> => {
  refuseCommonPassword(input.password, input);
  if (code === undefined && deps.settings.accounts.privacy === 'strict')
    throw new AuthError('VALIDATION_FAILED', { details: [{ path: 'code', message: CODE_REQUIRED[request.locale] }] });
  await takeRegistrationLimit(deps, request);
  return code === undefined
    ? registerWithLink(deps, input, request)
    : registerWithCode(deps, { ...input, code }, request);
};

const CODE_REQUIRED = { en: 'required, ask for a code first', 'zh-CN': '必填，请先获取验证码' };

const registerWithLink = async (
  deps: AuthDeps,
  { email, username, password, locale }: Omit<RegisterInput, 'code'>,
  request: RequestInfo,
): Promise<RegisterOutput> => {
  const rules = mailLimits(deps, { email, purpose: 'verify' }, request);
  // Looked at first and refused last. A cooldown begins after its account is there, so whoever lost a race and finds the
  // cooldown finds the account as well, and is told about that.
  const waits = await deps.limits.peek([rules.ip, ...rules.address]);
  const taken = await findTaken(deps, { email, username });
  if (taken !== undefined) throw new AuthError(taken);
  refuseWhileWaiting(Math.max(...waits));
  const passwordHash = await deps.hasher.hash(password);
  refuseWhileWaiting(await deps.limits.consume([rules.ip]));
  const account = {
    id: newId(deps.random, deps.clock.now()),
    email,
    username,
    passwordHash,
    locale: locale ?? request.locale,
    emailVerifiedAt: null,
    firstLoginAt: null,
  };
  try {
    const { user, outboxId } = await deps.db.transaction(async (tx) => {
      const inserted = await insertUser({ ...deps, tx }, account);
      await recordAudit({ ...deps, tx }, { event: 'registered', userId: inserted.id }, request);
      return { user: inserted, outboxId: await postVerificationLink({ ...deps, tx }, inserted) };
    });
    // An address is registered once, so the commit decides who starts its cooldown: of two that race, the loser is told
    // that the address or name is taken and leaves no cooldown behind.
    await deps.limits.consume(rules.address);
    notifyWorker(deps, outboxId);
    return { user: toUser(user), tokens: null };
  } catch (error) {
    throw takenError(error);
  }
};
