import type { MailSentOutput, SendCodeInput } from '@moonlight/contracts';
import { AuthError } from '../auth-error.ts';
import { requireCaptcha } from '../captcha/require-captcha.ts';
import type { AuthDeps } from '../deps.ts';
import { notifyWorker } from '../outbox/enqueue-mail.ts';
import { codeCaptchaRules } from '../rate-limit/code-captcha-rules.ts';
import { refuseWhileWaiting } from '../rate-limit/login-limits.ts';
import { mailLimits, takeMailLimits } from '../rate-limit/mail-limits.ts';
import type { RequestInfo } from '../request-info.ts';
import { findUserByEmail, type UserRow } from '../users/users-store.ts';
import { postCode } from './post-code.ts';

/**
 * Mails a code for registering or for resetting a password. In open privacy the address must fit the purpose; in strict
 * privacy every address gets the same answer and the mailbox gets the truth. Throws RATE_LIMITED, CAPTCHA_REQUIRED,
 * CAPTCHA_INVALID and, in open privacy, EMAIL_TAKEN (which meets no cooldown) and EMAIL_NOT_REGISTERED.
 */
export const sendCode = async (deps: AuthDeps, input: SendCodeInput, request: RequestInfo): Promise<MailSentOutput> => {
  const { email, type: purpose } = input;
  const isOpen = deps.settings.accounts.privacy === 'open';
  const rules = mailLimits(deps, { email, purpose: purpose === 'register' ? 'register' : 'reset' }, request);
  const captchaRules = codeCaptchaRules(deps, email, request);
  const find = () => findUserByEmail({ ...deps, tx: deps.db }, email);

  const [ipCount = 0, addressCount = 0, ipWait = 0, ...waits] = await deps.limits.peek([
    captchaRules.ip,
    captchaRules.address,
    rules.ip,
    ...rules.address,
  ]);
  // EMAIL_TAKEN meets no cooldown, but whoever asks too much is told nothing more.
  refuseWhileWaiting(ipWait);
  const wait = Math.max(...waits);
  if (wait > 0 && isOpen && purpose === 'register') refuseWrongAddress(await find(), purpose);
  refuseWhileWaiting(wait);
  // Counting at once and not only looking keeps a parallel storm to the exact number.
  const needsCaptcha = ipCount > 0 || addressCount > 0 || (await deps.limits.consume([captchaRules.ip])) > 0;
  if (needsCaptcha) await requireCaptcha(deps, input.captcha, request);

  if (isOpen && purpose === 'register') refuseWrongAddress(await find(), purpose);
  await takeMailLimits(deps, rules);
  const user = await find();
  if (isOpen) refuseWrongAddress(user, purpose);
  await deps.limits.consume([captchaRules.address]);
  notifyWorker(deps, await postCode(deps, { email, purpose, user }, request));
  return {
    email,
    expiresIn: deps.settings.lifetimes.codeSeconds,
    retryAfter: deps.settings.limits.mailCooldownSeconds,
  };
};

const refuseWrongAddress = (user: UserRow | undefined, purpose: SendCodeInput['type']): void => {
  if (purpose === 'register' && user !== undefined) throw new AuthError('EMAIL_TAKEN');
  if (purpose === 'reset_password' && user === undefined) throw new AuthError('EMAIL_NOT_REGISTERED');
};
