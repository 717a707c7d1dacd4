import { AuthError } from '../auth-error.ts';
import { refuseCommonPassword } from '../credentials/refuse-common-password.ts';
import type { AuthDeps } from '../deps.ts';
import { notifyWorker } from '../outbox/enqueue-mail.ts';
import type { RequestInfo } from '../request-info.ts';
import { hashLinkToken } from '../tokens/link-token.ts';
import { lockPasswordHash } from '../users/users-store.ts';
import { finishReset } from './finish-reset.ts';
import { findPasswordReset, lockPasswordReset, spendPasswordReset } from './password-resets-store.ts';

type Reset = Awaited<ReturnType<typeof lockPasswordReset>>;

/** Why a link is not good, if it is not: used, then replaced, then expired. */
const refusalOf = (reset: Reset, now: Date): 'LINK_INVALID' | 'LINK_USED' | 'LINK_EXPIRED' | undefined => {
  if (reset === undefined) return 'LINK_INVALID';
  if (reset.usedAt !== null) return 'LINK_USED';
  if (reset.replacedAt !== null) return 'LINK_INVALID';
  return reset.expiresAt <= now ? 'LINK_EXPIRED' : undefined;
};

/** Resets by a mailed link. Looked at before the costly hash, and again under a lock: of many that race, one wins. */
export const resetByLink = async (
  deps: AuthDeps,
  { newPassword, token }: { newPassword: string; token: string },
  request: RequestInfo,
): Promise<void> => {
  const tokenHash = hashLinkToken(token);
  const seen = await findPasswordReset(deps.db, tokenHash);
  const early = refusalOf(seen?.reset, deps.clock.now());
  if (seen === undefined || early !== undefined) throw new AuthError(early ?? 'LINK_INVALID');
  const { user } = seen;
  refuseCommonPassword(newPassword, user);
  const passwordHash = await deps.hasher.hash(newPassword);

  const outcome = await deps.db.transaction(async (tx) => {
    await lockPasswordHash(tx, user.id);
    const now = deps.clock.now();
    const reset = await lockPasswordReset(tx, tokenHash);
    const refusal = refusalOf(reset, now);
    if (reset === undefined || refusal !== undefined) return { refusal: refusal ?? ('LINK_INVALID' as const) };
    await spendPasswordReset(tx, reset.id, now);
    return { outboxId: await finishReset({ ...deps, tx }, { user, passwordHash, by: 'link' }, request) };
  });
  if (outcome.refusal !== undefined) throw new AuthError(outcome.refusal);
  notifyWorker(deps, outcome.outboxId);
};
