import type { MailSentOutput, User } from '@moonlight/contracts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import { notifyWorker } from '../outbox/enqueue-mail.ts';
import { mailLimits, takeMailLimits } from '../rate-limit/mail-limits.ts';
import type { RequestInfo } from '../request-info.ts';
import { postVerificationLink } from './post-verification-link.ts';

/**
 * Mails the account a new verification link; older ones stop working. Throws EMAIL_ALREADY_VERIFIED, which sends no mail
 * and so meets no limit, and RATE_LIMITED.
 */
export const sendVerification = async (deps: AuthDeps, user: User, request: RequestInfo): Promise<MailSentOutput> => {
  if (user.isEmailVerified) throw new AuthError('EMAIL_ALREADY_VERIFIED');
  await takeMailLimits(deps, mailLimits(deps, { email: user.email, purpose: 'verify' }, request));
  notifyWorker(deps, await deps.db.transaction((tx) => postVerificationLink({ ...deps, tx }, user)));
  return {
    email: user.email,
    expiresIn: deps.settings.lifetimes.verificationLinkSeconds,
    retryAfter: deps.settings.limits.mailCooldownSeconds,
  };
};
