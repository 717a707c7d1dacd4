import type { ConfirmPasswordResetInput } from '@moonlight/contracts';
import { transaction, type Tx } from '@moonlight/db';
import { recordAudit } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import { consumeCode, requireCode } from '../codes/verify-code.ts';
import { refuseCommonPassword } from '../credentials/password-rules.ts';
import { replacePassword } from '../credentials/replace-password.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { type QueuedNotice, sendNotice } from '../outbox/enqueue-mail.ts';
import { hashLinkToken } from '../tokens/opaque-tokens.ts';
import { findUserByEmail, lockPasswordHash, markEmailVerified, type UserRow } from '../users/users.ts';
import { findPasswordReset, lockPasswordReset, spendPasswordReset } from './password-resets-store.ts';

/**
 * Sets a new password after a proof of the mailbox: a link's token, or an email and its code. The email counts as
 * verified and every session ends. A disabled account stays disabled. Throws PASSWORD_TOO_COMMON, LINK_INVALID,
 * LINK_EXPIRED, LINK_USED, CODE_INVALID, CODE_EXPIRED, CODE_ATTEMPTS_EXCEEDED, RATE_LIMITED, OVERLOADED.
 */
export const confirmPasswordReset = async (
  deps: AuthDeps,
  { newPassword, token, email, code }: ConfirmPasswordResetInput,
  request: RequestInfo,
): Promise<null> => {
  refuseCommonPassword(newPassword, { email });
  if (token !== undefined) await resetByLink(deps, { newPassword, token }, request);
  else if (email !== undefined && code !== undefined) await resetByCode(deps, { newPassword, email, code }, request);
  else throw new AuthError('VALIDATION_FAILED');
  return null;
};

type Reset = Awaited<ReturnType<typeof lockPasswordReset>>;

/** Why a link is not valid, or undefined when it is: used comes first, then replaced, then expired. */
const refusalOf = (reset: Reset, now: Date): 'LINK_INVALID' | 'LINK_USED' | 'LINK_EXPIRED' | undefined => {
  if (reset === undefined) return 'LINK_INVALID';
  if (reset.usedAt !== null) return 'LINK_USED';
  if (reset.replacedAt !== null) return 'LINK_INVALID';
  return reset.expiresAt <= now ? 'LINK_EXPIRED' : undefined;
};

/**
 * The link is checked before the expensive hash, and again under a lock, so exactly one of concurrent resets succeeds.
 */
const resetByLink = async (
  deps: AuthDeps,
  { newPassword, token }: { newPassword: string; token: string },
  request: RequestInfo,
): Promise<void> => {
  using place = deps.hasher.enter(request.ip);
  const tokenHash = hashLinkToken(token);
  const found = await findPasswordReset(deps.db, tokenHash);
  const early = refusalOf(found?.reset, deps.clock.now());
  if (found === undefined || early !== undefined) throw new AuthError(early ?? 'LINK_INVALID');
  const { user } = found;
  refuseCommonPassword(newPassword, user);
  const passwordHash = await place.hash(newPassword);

  const outcome = await transaction(deps.db, async (tx) => {
    await lockPasswordHash(tx, user.id);
    const now = deps.clock.now();
    const reset = await lockPasswordReset(tx, tokenHash);
    const refusal = refusalOf(reset, now);
    if (reset === undefined || refusal !== undefined) return { refusal: refusal ?? ('LINK_INVALID' as const) };
    await spendPasswordReset(tx, reset.id, now);
    return { notice: await finishReset(tx, deps, { user, passwordHash, by: 'link', request }) };
  });
  if (outcome.refusal !== undefined) throw new AuthError(outcome.refusal);
  await sendNotice(deps, outcome.notice, request);
};

/** A wrong attempt counts; only the reset consumes the code, and exactly one of concurrent resets succeeds. */
const resetByCode = async (
  deps: AuthDeps,
  { newPassword, email, code }: { newPassword: string; email: string; code: string },
  request: RequestInfo,
): Promise<void> => {
  using place = deps.hasher.enter(request.ip);
  const given = { email, purpose: 'reset_password', code } as const;
  await requireCode(deps, given, request);
  const user = await findUserByEmail(deps.db, deps, email);
  // The account was removed after its code was sent.
  if (user === undefined) throw new AuthError('CODE_INVALID');
  refuseCommonPassword(newPassword, user);

  const passwordHash = await place.hash(newPassword);
  const notice = await transaction(deps.db, async (tx) => {
    // The account was removed while the password was hashed.
    if ((await lockPasswordHash(tx, user.id)) === undefined) return undefined;
    if (!(await consumeCode(tx, deps, given))) return undefined;
    return finishReset(tx, deps, { user, passwordHash, by: 'code', request });
  });
  if (notice === undefined) throw new AuthError('CODE_INVALID');
  await sendNotice(deps, notice, request);
};

interface ProvenReset {
  readonly user: UserRow;
  readonly passwordHash: string;
  readonly by: 'link' | 'code';
  readonly request: RequestInfo;
}

/** The consequences of a proven mailbox, in the caller's transaction. Returns the notice. */
const finishReset = async (
  tx: Tx,
  deps: AuthDeps,
  { user, passwordHash, by, request }: ProvenReset,
): Promise<QueuedNotice> => {
  const userId = user.id;
  if (await markEmailVerified(tx, { id: userId, now: deps.clock.now() }))
    await recordAudit(tx, deps, { event: 'email_verified', userId, request, details: { by: 'reset' } });
  await recordAudit(tx, deps, { event: 'reset_done', userId, request, details: { by } });
  return replacePassword(tx, deps, { user, passwordHash, reason: 'password_reset', request });
};
