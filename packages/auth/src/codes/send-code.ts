import type { CodePurpose, MailSentOutput, RequestedMail, SendCodeInput } from '@moonlight/contracts';
import { transaction } from '@moonlight/db';
import { encodeBase64urlNoPadding } from '@oslojs/encoding';
import { recordAudit } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { enqueueMail, notifyWorker } from '../outbox/enqueue-mail.ts';
import { existenceNotice } from '../privacy/strict-privacy.ts';
import { allowMail } from '../rate-limit/allow-mail.ts';
import { secondsAfter } from '../system.ts';
import type { UserRow } from '../users/users.ts';
import { putCode } from './codes-store.ts';
import { hashCode } from './verify-code.ts';

/**
 * Sends a code for registering or for resetting a password. In open privacy the email must fit the purpose; in strict
 * privacy every email gets the same answer, and only the owner of the mailbox learns whether there is an account. Throws
 * RATE_LIMITED, CAPTCHA_REQUIRED, CAPTCHA_INVALID and, in open privacy, EMAIL_TAKEN for a verified account (which has no
 * cooldown) and EMAIL_NOT_REGISTERED.
 */
export const sendCode = async (deps: AuthDeps, input: SendCodeInput, request: RequestInfo): Promise<MailSentOutput> => {
  const { email, type: purpose, captcha } = input;
  const isOpen = deps.settings.accounts.privacy === 'open';
  const isToRegister = purpose === 'register';
  const refuse = isOpen && isToRegister ? refuseTaken : undefined;
  const asked = { email, purpose: isToRegister ? 'register' : 'reset', captcha, refuse } as const;
  const found = await allowMail(deps, asked, request);
  // A registration by code replaces an account that was never verified, so to register it counts as none.
  const user = isToRegister && !isVerified(found) ? undefined : found;
  if (isOpen && !isToRegister && user === undefined) throw new AuthError('EMAIL_NOT_REGISTERED');
  notifyWorker(deps, await enqueueCode(deps, { email, purpose, user }, request));
  return {
    email,
    expiresIn: deps.settings.lifetimes.codeSeconds,
    retryAfter: deps.settings.limits.mailCooldownSeconds,
  };
};

const isVerified = (user: UserRow | undefined): boolean => user !== undefined && user.emailVerifiedAt !== null;

const refuseTaken = (user: UserRow | undefined): void => {
  if (isVerified(user)) throw new AuthError('EMAIL_TAKEN');
};

interface CodeOrder {
  readonly email: string;
  readonly purpose: CodePurpose;
  /** The account with this email; to register, a verified one. To register there must be none, to reset one. */
  readonly user: UserRow | undefined;
}

const CODE_DIGITS = 6;

/**
 * Stores a code and queues its mail in one transaction; returns the outbox id. When the email does not fit the purpose,
 * the existence notice is queued instead and the stored hash matches no code, so that attempts are counted and answered
 * as if there were a code.
 */
const enqueueCode = (deps: AuthDeps, { email, purpose, user }: CodeOrder, request: RequestInfo): Promise<string> => {
  const now = deps.clock.now();
  const ttlSeconds = deps.settings.lifetimes.codeSeconds;
  const fits = (purpose === 'register') === (user === undefined);
  const code = deps.random.digits(CODE_DIGITS);
  const storedCode = fits ? code : encodeBase64urlNoPadding(deps.random.bytes(32));
  const codeHash = hashCode(deps, { email, purpose, code: storedCode });
  const recipient = {
    to: user?.email ?? email,
    locale: user?.locale ?? request.locale,
    ...(user === undefined ? {} : { username: user.username }),
  };
  const kind = purpose === 'register' ? 'verification-code' : 'reset-code';
  const mail: RequestedMail = fits
    ? { ...recipient, kind, code, expiresInMinutes: ttlSeconds / 60 }
    : existenceNotice(deps.settings, { email, user, locale: request.locale });
  return transaction(deps.db, async (tx) => {
    await putCode(tx, { email, purpose }, { codeHash, createdAt: now, expiresAt: secondsAfter(now, ttlSeconds) });
    if (purpose === 'reset_password') {
      const userId = user?.id ?? null;
      await recordAudit(tx, deps, { event: 'reset_asked', userId, request, details: { by: 'code' } });
    }
    return enqueueMail(tx, deps, { mail, ttlSeconds, request });
  });
};
