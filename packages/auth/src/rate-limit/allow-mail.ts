import { pipelined } from '@moonlight/db';
import { requireCaptcha } from '../captcha/captcha.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { findUserByEmail, type UserRow } from '../users/users.ts';
import { consumeMailLimits, refuseWhileWaiting } from './enforce-limits.ts';
import { mailCaptchaRules, mailLimits, type MailPurpose } from './limit-rules.ts';

interface AskedMail {
  readonly email: string;
  readonly purpose: MailPurpose;
  readonly captcha: string | undefined;
  /** Throws for an account to which no mail is sent. Nothing is counted for that email then, and no cooldown matters. */
  readonly refuse: ((user: UserRow | undefined) => void) | undefined;
}

/**
 * Counts a mail that anyone can cause with an email address alone, and returns the account with that address. A captcha
 * is required after some mails for the IP address or the email. Throws RATE_LIMITED, CAPTCHA_REQUIRED, CAPTCHA_INVALID,
 * and what `refuse` throws.
 */
export const allowMail = async (
  deps: AuthDeps,
  { email, purpose, captcha, refuse }: AskedMail,
  request: RequestInfo,
): Promise<UserRow | undefined> => {
  const rules = mailLimits(deps, { email, purpose }, request);
  const captchaRules = mailCaptchaRules(deps, email, request);
  const [[ipCount = 0, emailCount = 0, ipWait = 0, ...waits], user] = await pipelined(deps.db, (connection) =>
    Promise.all([
      deps.limits.peek([captchaRules.ip, captchaRules.email, rules.ip, ...rules.email], connection),
      findUserByEmail(connection, deps, email),
    ]),
  );
  // An IP address over its limit learns nothing more.
  refuseWhileWaiting(ipWait);
  const wait = Math.max(...waits);
  if (wait > 0) refuse?.(user);
  refuseWhileWaiting(wait);
  // Consuming here, instead of only peeking, lets exactly the allowed number of parallel calls pass without a captcha.
  const needsCaptcha = ipCount > 0 || emailCount > 0 || (await deps.limits.consume([captchaRules.ip])) > 0;
  if (needsCaptcha) await requireCaptcha(deps, captcha, request);

  refuse?.(user);
  await consumeMailLimits(deps, rules);
  return user;
};
