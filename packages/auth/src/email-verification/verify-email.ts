import type { InspectLinkOutput, VerifyEmailInput, VerifyEmailOutput } from '@moonlight/contracts';
import { transaction } from '@moonlight/db';
import { recordAudit } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { readDevice } from '../devices/read-device.ts';
import { hashLinkToken } from '../tokens/opaque-tokens.ts';
import { deleteUser, markEmailVerified } from '../users/users.ts';
import { findEmailVerification, lockEmailVerification, spendEmailVerification } from './email-verifications-store.ts';

type Found = NonNullable<Awaited<ReturnType<typeof findEmailVerification>>>;

/** The state of a verification link. The first that applies counts: verified account, replaced link, expired link. */
const stateOf = (found: Found, now: Date): 'open' | 'already_verified' | 'LINK_INVALID' | 'LINK_EXPIRED' => {
  if (found.user.emailVerifiedAt !== null) return 'already_verified';
  if (found.verification.replacedAt !== null) return 'LINK_INVALID';
  return found.verification.expiresAt <= now ? 'LINK_EXPIRED' : 'open';
};

/**
 * Verifies the email that a mailed link belongs to. Using the link again returns `already_verified`, however late.
 * Throws LINK_INVALID, LINK_EXPIRED.
 */
export const verifyEmail = async (
  deps: AuthDeps,
  { token }: VerifyEmailInput,
  request: RequestInfo,
): Promise<VerifyEmailOutput> => {
  const outcome = await transaction(deps.db, async (tx) => {
    const now = deps.clock.now();
    const found = await lockEmailVerification(tx, hashLinkToken(token));
    if (found === undefined) return 'LINK_INVALID';
    const state = stateOf(found, now);
    if (state !== 'open') return state;
    const { id, userId } = found.verification;
    await spendEmailVerification(tx, id, now);
    await markEmailVerified(tx, { id: userId, now });
    await recordAudit(tx, deps, { event: 'email_verified', userId, request, details: { by: 'link' } });
    return 'verified';
  });
  if (outcome === 'verified' || outcome === 'already_verified') return { status: outcome };
  throw new AuthError(outcome);
};

/**
 * "This was not me": removes the account of a link, which ends its sessions and frees its email and username. Of a call
 * of this and of `verifyEmail` at the same moment exactly one succeeds. Throws LINK_INVALID, LINK_EXPIRED, and
 * EMAIL_ALREADY_VERIFIED if the email was ever verified.
 */
export const rejectRegistration = async (
  deps: AuthDeps,
  { token }: VerifyEmailInput,
  request: RequestInfo,
): Promise<null> => {
  const outcome = await transaction(deps.db, async (tx) => {
    const found = await lockEmailVerification(tx, hashLinkToken(token));
    if (found === undefined) return 'LINK_INVALID';
    const state = stateOf(found, deps.clock.now());
    if (state !== 'open') return state;
    const { userId } = found.verification;
    await deleteUser(tx, userId);
    await recordAudit(tx, deps, { event: 'registration_rejected', userId, request });
    return 'rejected';
  });
  if (outcome === 'rejected') return null;
  throw new AuthError(outcome === 'already_verified' ? 'EMAIL_ALREADY_VERIFIED' : outcome);
};

/**
 * Returns the state of a verification link without using it and, while it is open, who registered its account: the owner
 * of the mailbox decides by that. Throws LINK_INVALID, LINK_EXPIRED.
 */
export const inspectVerificationLink = async (
  deps: AuthDeps,
  { token }: VerifyEmailInput,
): Promise<InspectLinkOutput> => {
  const found = await findEmailVerification(deps.db, hashLinkToken(token));
  if (found === undefined) throw new AuthError('LINK_INVALID');
  const state = stateOf(found, deps.clock.now());
  if (state === 'already_verified') return { status: state, registration: null };
  if (state !== 'open') throw new AuthError(state);
  const { username, createdAt, registrationIp: ip, registrationUserAgent } = found.user;
  const registration = { username, registeredAt: createdAt.toISOString(), ip, ...readDevice(registrationUserAgent) };
  return { status: state, registration };
};
