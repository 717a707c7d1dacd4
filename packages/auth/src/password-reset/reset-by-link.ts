import { AuthError } from '../auth-error.ts';
import { refuseCommonPassword } from '../credentials/refuse-common-password.ts';
import type { AuthDeps } from '../deps.ts';
import { nudge } from '../outbox/post-mail.ts';
import type { RequestInfo } from '../request-info.ts';
import { hashLinkToken } from '../tokens/link-token.ts';
import { finishReset } from './finish-reset.ts';
import { findPasswordReset, spendPasswordReset } from './password-resets-store.ts';

type Found = Awaited<ReturnType<typeof findPasswordReset>>;

/** Why a link is not good, if it is not: used, then replaced, then expired. */
const refusalOf = (found: Found, now: Date): 'LINK_INVALID' | 'LINK_USED' | 'LINK_EXPIRED' | undefined => {
  if (found === undefined) return 'LINK_INVALID';
  if (found.reset.usedAt !== null) return 'LINK_USED';
  if (found.reset.replacedAt !== null) return 'LINK_INVALID';
  return found.reset.expiresAt <= now ? 'LINK_EXPIRED' : undefined;
};

/** Resets by a mailed link. Looked at before the costly hash, and again under a lock: of many that race, one wins. */
export const resetByLink = async (
  deps: AuthDeps,
  { newPassword, token }: { newPassword: string; token: string },
  request: RequestInfo,
): Promise<void> => {
  const tokenHash = hashLinkToken(token);
  const seen = await findPasswordReset(deps.db, tokenHash);
  const early = refusalOf(seen, deps.clock.now());
  if (early !== undefined) throw new AuthError(early);
  refuseCommonPassword(newPassword, seen?.user ?? {});
  const passwordHash = await deps.hasher.hash(newPassword);

  const outcome = await deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const found = await findPasswordReset(tx, tokenHash);
    const refusal = refusalOf(found, now);
    if (found === undefined || refusal !== undefined) return { refusal: refusal ?? ('LINK_INVALID' as const) };
    await spendPasswordReset(tx, found.reset.id, now);
    return { outboxId: await finishReset({ ...deps, tx }, { user: found.user, passwordHash, by: 'link' }, request) };
  });
  if (outcome.refusal !== undefined) throw new AuthError(outcome.refusal);
  nudge(deps, outcome.outboxId);
};
