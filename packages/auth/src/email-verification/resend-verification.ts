import type { MailSentOutput, ResendVerificationInput } from '@moonlight/contracts';
import { transaction } from '@moonlight/db';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { enqueueMail, notifyWorker } from '../outbox/enqueue-mail.ts';
import { existenceNotice } from '../privacy/strict-privacy.ts';
import { allowMail } from '../rate-limit/allow-mail.ts';
import { newId } from '../system.ts';
import { lockUser, type UserRow } from '../users/users.ts';
import { enqueueVerificationLink, storeVerificationLink } from './send-verification.ts';

/**
 * Sends a new verification link without a session, for accounts that cannot log in before they are verified; older links
 * become invalid. In strict privacy every email gets the same answer after the same statements, and an email without an
 * unverified account gets a notice instead. Throws RATE_LIMITED, CAPTCHA_REQUIRED, CAPTCHA_INVALID and, in open privacy,
 * EMAIL_ALREADY_VERIFIED (which has no cooldown) and EMAIL_NOT_REGISTERED.
 */
export const resendVerification = async (
  deps: AuthDeps,
  { email, captcha }: ResendVerificationInput,
  request: RequestInfo,
): Promise<MailSentOutput> => {
  const isOpen = deps.settings.accounts.privacy === 'open';
  const refuse = isOpen ? refuseVerified : undefined;
  const user = await allowMail(deps, { email, purpose: 'verify', captcha, refuse }, request);
  if (isOpen && user === undefined) throw new AuthError('EMAIL_NOT_REGISTERED');
  notifyWorker(deps, await enqueueLinkOrNotice(deps, { email, user }, request));
  return {
    email,
    expiresIn: deps.settings.lifetimes.verificationLinkSeconds,
    retryAfter: deps.settings.limits.mailCooldownSeconds,
  };
};

const refuseVerified = (user: UserRow | undefined): void => {
  if (user !== undefined && user.emailVerifiedAt !== null) throw new AuthError('EMAIL_ALREADY_VERIFIED');
};

const enqueueLinkOrNotice = (
  deps: AuthDeps,
  { email, user }: { email: string; user: UserRow | undefined },
  request: RequestInfo,
): Promise<string> =>
  transaction(deps.db, async (tx) => {
    // Without an unverified account, an id that no account has: the statements are the same and change nothing.
    const unusedId = newId(deps.random, deps.clock.now());
    const isUnverified = user?.emailVerifiedAt === null;
    const unverified = await lockUser(tx, isUnverified ? user.id : unusedId);
    if (unverified !== undefined) return enqueueVerificationLink(tx, deps, { user: unverified, request });
    const { ttlSeconds } = await storeVerificationLink(tx, deps, { userId: unusedId });
    // An unverified account that is not found any more was removed at this moment.
    const verified = isUnverified ? undefined : user;
    const mail = existenceNotice(deps.settings, { email, user: verified, locale: request.locale });
    return enqueueMail(tx, deps, { mail, ttlSeconds, request });
  });
