import type { MailSentOutput, User } from '@moonlight/contracts';
import { transaction, type Tx } from '@moonlight/db';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { enqueueMail, notifyWorker } from '../outbox/enqueue-mail.ts';
import { consumeMailLimits } from '../rate-limit/enforce-limits.ts';
import { mailLimits } from '../rate-limit/limit-rules.ts';
import { newId, secondsAfter } from '../system.ts';
import { newLinkToken } from '../tokens/opaque-tokens.ts';
import { lockUser, type UserRow } from '../users/users.ts';
import { insertEmailVerification, replaceOpenVerifications } from './email-verifications-store.ts';

/**
 * Creates a verification link in the caller's transaction; older ones become invalid, unless it is the account's first. For
 * an id that no account has, the same statements run and store nothing.
 */
export const storeVerificationLink = async (
  tx: Tx,
  deps: AuthDeps,
  { userId, isFirst = false }: { readonly userId: string; readonly isFirst?: boolean },
): Promise<{ url: string; ttlSeconds: number }> => {
  const now = deps.clock.now();
  const ttlSeconds = deps.settings.lifetimes.verificationLinkSeconds;
  const { token, hash: tokenHash } = newLinkToken(deps.random);
  const id = newId(deps.random, now);
  if (!isFirst) await replaceOpenVerifications(tx, userId, now);
  const expiresAt = secondsAfter(now, ttlSeconds);
  await insertEmailVerification(tx, { id, userId, tokenHash, createdAt: now, expiresAt });
  return { url: `${deps.settings.frontendUrl}/verify-email?token=${token}`, ttlSeconds };
};

/** Who registered, for the mail: the owner of the mailbox shall notice when it was a stranger. */
const registrationOf = ({ createdAt, registrationIp: ip, registrationUserAgent: userAgent }: UserRow) => ({
  at: createdAt.toISOString(),
  ...(ip === null ? {} : { ip }),
  ...(userAgent === null ? {} : { userAgent }),
});

/**
 * Creates a verification link and queues its mail, in the caller's transaction. The mail describes the registration, also
 * if another person requested the link. Returns the outbox id.
 */
export const enqueueVerificationLink = async (
  tx: Tx,
  deps: AuthDeps,
  { user, isFirst = false, request }: { readonly user: UserRow; readonly isFirst?: boolean; request: RequestInfo },
): Promise<string> => {
  const { id: userId, email: to, username, locale } = user;
  const { url, ttlSeconds } = await storeVerificationLink(tx, deps, { userId, isFirst });
  const link = { url, expiresInMinutes: ttlSeconds / 60, registration: registrationOf(user) };
  const mail = { kind: 'verification-link', to, username, locale, ...link } as const;
  return enqueueMail(tx, deps, { mail, ttlSeconds, request });
};

/** Makes the account's outstanding verification link invalid. */
export const withdrawVerifications = (tx: Tx, { clock }: AuthDeps, userId: string): Promise<void> =>
  replaceOpenVerifications(tx, userId, clock.now());

/**
 * Sends the account a new verification link; older ones become invalid. Throws EMAIL_ALREADY_VERIFIED, which sends no
 * mail and therefore counts in no limit, RATE_LIMITED, and USER_NOT_FOUND if the account is removed at the same moment.
 */
export const sendVerification = async (deps: AuthDeps, user: User, request: RequestInfo): Promise<MailSentOutput> => {
  if (user.isEmailVerified) throw new AuthError('EMAIL_ALREADY_VERIFIED');
  await consumeMailLimits(deps, mailLimits(deps, { email: user.email, purpose: 'verify' }, request));
  const outboxId = await transaction(deps.db, async (tx) => {
    const row = await lockUser(tx, user.id);
    return row === undefined ? undefined : enqueueVerificationLink(tx, deps, { user: row, request });
  });
  if (outboxId === undefined) throw new AuthError('USER_NOT_FOUND');
  notifyWorker(deps, outboxId);
  return {
    email: user.email,
    expiresIn: deps.settings.lifetimes.verificationLinkSeconds,
    retryAfter: deps.settings.limits.mailCooldownSeconds,
  };
};
