import type { MailSentOutput, RequestedMail, SendPasswordResetInput } from '@moonlight/contracts';
import { pipelined, transaction, type Tx } from '@moonlight/db';
import { recordAudit } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import { requireCaptcha } from '../captcha/captcha.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { enqueueMail, notifyWorker } from '../outbox/enqueue-mail.ts';
import { existenceNotice } from '../privacy/strict-privacy.ts';
import { consumeMailLimits, peekMailLimits } from '../rate-limit/enforce-limits.ts';
import { mailLimits } from '../rate-limit/limit-rules.ts';
import { newId, secondsAfter } from '../system.ts';
import { newLinkToken } from '../tokens/opaque-tokens.ts';
import { findUserByEmail, type UserRow } from '../users/users.ts';
import { insertPasswordReset, replaceOpenResets } from './password-resets-store.ts';

/**
 * Sends a reset link; older ones become invalid. In strict privacy an unknown email gets the same answer after the same
 * statements, and a notice is mailed instead. Throws RATE_LIMITED, CAPTCHA_REQUIRED, CAPTCHA_INVALID and, in open
 * privacy, EMAIL_NOT_REGISTERED.
 */
export const sendPasswordReset = async (
  deps: AuthDeps,
  { email, captcha }: SendPasswordResetInput,
  request: RequestInfo,
): Promise<MailSentOutput> => {
  const rules = mailLimits(deps, { email, purpose: 'reset' }, request);
  await peekMailLimits(deps, rules);
  await requireCaptcha(deps, captcha, request);
  const [, user] = await pipelined(deps.db, (connection) =>
    Promise.all([consumeMailLimits(deps, rules, connection), findUserByEmail(connection, deps, email)]),
  );
  if (user === undefined && deps.settings.accounts.privacy === 'open') throw new AuthError('EMAIL_NOT_REGISTERED');
  notifyWorker(deps, await enqueueResetLink(deps, { email, user }, request));
  return {
    email,
    expiresIn: deps.settings.lifetimes.resetLinkSeconds,
    retryAfter: deps.settings.limits.mailCooldownSeconds,
  };
};

interface ResetOrder {
  readonly email: string;
  readonly user: UserRow | undefined;
}

const enqueueResetLink = (deps: AuthDeps, { email, user }: ResetOrder, request: RequestInfo): Promise<string> => {
  const now = deps.clock.now();
  const ttlSeconds = deps.settings.lifetimes.resetLinkSeconds;
  const { token, hash: tokenHash } = newLinkToken(deps.random);
  const id = newId(deps.random, now);
  // Without an account, an id that no account has: the statements below are the same and change nothing.
  const userId = user?.id ?? id;
  const mail = resetMail(deps, { email, user, token }, request);
  return transaction(deps.db, async (tx) => {
    await replaceOpenResets(tx, userId, now);
    const expiresAt = secondsAfter(now, ttlSeconds);
    await insertPasswordReset(tx, { id, userId, tokenHash, createdAt: now, expiresAt });
    const details = { by: 'link' };
    await recordAudit(tx, deps, { event: 'reset_asked', userId: user?.id ?? null, request, details });
    return enqueueMail(tx, deps, { mail, ttlSeconds, request });
  });
};

const resetMail = (
  { settings }: AuthDeps,
  { email, user, token }: ResetOrder & { readonly token: string },
  request: RequestInfo,
): RequestedMail => {
  if (user === undefined) return existenceNotice(settings, { email, user, locale: request.locale });
  const { email: to, username, locale } = user;
  const url = `${settings.frontendUrl}/reset-password?token=${token}`;
  return { kind: 'reset-link', to, username, locale, url, expiresInMinutes: settings.lifetimes.resetLinkSeconds / 60 };
};

/** Creates a link with which a new account's owner chooses a password, in the caller's transaction. Returns its URL. */
export const createPasswordLink = async (
  tx: Tx,
  { random, clock, settings }: AuthDeps,
  { userId, expiresAt }: { userId: string; expiresAt: Date },
): Promise<string> => {
  const { token, hash: tokenHash } = newLinkToken(random);
  const createdAt = clock.now();
  await insertPasswordReset(tx, { id: newId(random, createdAt), userId, tokenHash, createdAt, expiresAt });
  return `${settings.frontendUrl}/reset-password?token=${token}`;
};

/** Makes the account's outstanding reset link invalid. */
export const withdrawResets = (tx: Tx, { clock }: AuthDeps, userId: string): Promise<void> =>
  replaceOpenResets(tx, userId, clock.now());
