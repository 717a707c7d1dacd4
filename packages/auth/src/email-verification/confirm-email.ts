import type { ConfirmEmailInput, ConfirmEmailOutput } from '@moonlight/contracts';
import { recordAudit } from '../audit/audit-store.ts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';
import { hashLinkToken } from '../tokens/link-token.ts';
import { markEmailVerified } from '../users/users-store.ts';
import { findEmailVerification, lockEmailVerification, spendEmailVerification } from './email-verifications-store.ts';

type Found = NonNullable<Awaited<ReturnType<typeof findEmailVerification>>>;

/** What a verification link is worth: the replaced before the expired, and verified accounts before both. */
const judge = (found: Found, now: Date): 'open' | 'already_verified' | 'LINK_INVALID' | 'LINK_EXPIRED' => {
  if (found.emailVerifiedAt !== null) return 'already_verified';
  if (found.verification.replacedAt !== null) return 'LINK_INVALID';
  return found.verification.expiresAt <= now ? 'LINK_EXPIRED' : 'open';
};

/**
 * Verifies the address a mailed link belongs to. The same link again is `already_verified`, however late.
 * Throws LINK_INVALID, LINK_EXPIRED.
 */
export const confirmEmail = async (
  deps: AuthDeps,
  { token }: ConfirmEmailInput,
  request: RequestInfo,
): Promise<ConfirmEmailOutput> => {
  const verdict = await deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const found = await lockEmailVerification(tx, hashLinkToken(token));
    if (found === undefined) return 'LINK_INVALID';
    const judged = judge(found, now);
    if (judged !== 'open') return judged;
    const { id, userId } = found.verification;
    await spendEmailVerification(tx, id, now);
    await markEmailVerified(tx, { id: userId, now });
    await recordAudit({ ...deps, tx }, { event: 'email_verified', userId, details: { by: 'link' } }, request);
    return 'verified';
  });
  if (verdict === 'verified' || verdict === 'already_verified') return { status: verdict };
  throw new AuthError(verdict);
};

/** Looks at a verification link without spending it, for the page behind it. Throws LINK_INVALID, LINK_EXPIRED. */
export const inspectVerificationLink = async (
  deps: AuthDeps,
  { token }: ConfirmEmailInput,
): Promise<{ status: 'open' | 'already_verified' }> => {
  const found = await findEmailVerification(deps.db, hashLinkToken(token));
  const verdict = found === undefined ? 'LINK_INVALID' : judge(found, deps.clock.now());
  if (verdict === 'open' || verdict === 'already_verified') return { status: verdict };
  throw new AuthError(verdict);
};
