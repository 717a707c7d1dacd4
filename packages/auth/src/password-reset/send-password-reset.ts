import type { MailSentOutput, SendPasswordResetInput } from '@moonlight/contracts';
import { recordAudit } from '../audit/audit-store.ts';
import { AuthError } from '../auth-error.ts';
import { requireCaptcha } from '../captcha/require-captcha.ts';
import { secondsAfter } from '../clock.ts';
import { truthMail } from '../codes/post-code.ts';
import type { AuthDeps } from '../deps.ts';
import type { Mail } from '../outbox/mail.ts';
import { enqueueMail, notifyWorker } from '../outbox/enqueue-mail.ts';
import { newId } from '../random.ts';
import { lookAtMailLimits, mailLimits, takeMailLimits } from '../rate-limit/mail-limits.ts';
import type { RequestInfo } from '../request-info.ts';
import { newLinkToken } from '../tokens/link-token.ts';
import { findUserByEmail, type UserRow } from '../users/users-store.ts';
import { insertPasswordReset, replaceOpenResets } from './password-resets-store.ts';

/**
 * Mails a reset link; older ones stop working. In strict privacy an unknown address gets the same answer by the same
 * statements, and the mailbox the truth. Throws RATE_LIMITED, CAPTCHA_REQUIRED, CAPTCHA_INVALID and, in open privacy,
 * EMAIL_NOT_REGISTERED.
 */
export const sendPasswordReset = async (
  deps: AuthDeps,
  { email, captcha }: SendPasswordResetInput,
  request: RequestInfo,
): Promise<MailSentOutput> => {
  const rules = mailLimits(deps, { email, purpose: 'reset' }, request);
  await lookAtMailLimits(deps, rules);
  await requireCaptcha(deps, captcha, request);
  await takeMailLimits(deps, rules);
  const user = await findUserByEmail({ ...deps, tx: deps.db }, email);
  if (user === undefined && deps.settings.accounts.privacy === 'open') throw new AuthError('EMAIL_NOT_REGISTERED');
  notifyWorker(deps, await postResetLink(deps, { email, user }, request));
  return {
    email,
    expiresIn: deps.settings.lifetimes.resetLinkSeconds,
    retryAfter: deps.settings.limits.mailCooldownSeconds,
  };
};

const postResetLink = async (
  deps: AuthDeps,
  { email, user }: { email: string; user: UserRow | undefined },
  request: RequestInfo,
): Promise<string> => {
  const now = deps.clock.now();
  const seconds = deps.settings.lifetimes.resetLinkSeconds;
  const { token, hash: tokenHash } = newLinkToken(deps.random);
  const id = newId(deps.random, now);
  // An id that no account has: the statements below then find nothing to do.
  const userId = user?.id ?? id;
  return deps.db.transaction(async (tx) => {
    await replaceOpenResets(tx, userId, now);
    await insertPasswordReset(tx, { id, userId, tokenHash, createdAt: now, expiresAt: secondsAfter(now, seconds) });
    const details = { by: 'link' };
    await recordAudit({ ...deps, tx }, { event: 'reset_asked', userId: user?.id ?? null, details }, request);
    return enqueueMail({ ...deps, tx }, resetMail(deps, { email, user, token }, request), seconds);
  });
};

const resetMail = (
  { settings }: AuthDeps,
  { email, user, token }: { email: string; user: UserRow | undefined; token: string },
  request: RequestInfo,
): Mail => {
  if (user === undefined)
    return truthMail({ to: email, locale: request.locale }, settings.frontendUrl, 'reset_password');
  const { email: to, username, locale } = user;
  const url = `${settings.frontendUrl}/reset-password?token=${token}`;
  return { kind: 'reset-link', to, username, locale, url, expiresInMinutes: settings.lifetimes.resetLinkSeconds / 60 };
};
