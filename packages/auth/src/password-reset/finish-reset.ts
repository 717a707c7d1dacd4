import type { Executor } from '@moonlight/db';
import { recordAudit } from '../audit/audit-store.ts';
import { replacePassword } from '../credentials/replace-password.ts';
import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';
import { markEmailVerified, type UserRow } from '../users/users-store.ts';

/** What a proven mailbox brings about, in the caller's transaction. Answers the notice's outbox id. */
export const finishReset = async (
  deps: AuthDeps & { readonly tx: Executor },
  { user, passwordHash, by }: { user: UserRow; passwordHash: string; by: 'link' | 'code' },
  request: RequestInfo,
): Promise<string> => {
  const isNewlyVerified = await markEmailVerified(deps.tx, { id: user.id, now: deps.clock.now() });
  if (isNewlyVerified)
    await recordAudit(deps, { event: 'email_verified', userId: user.id, details: { by: 'reset' } }, request);
  await recordAudit(deps, { event: 'reset_done', userId: user.id, details: { by } }, request);
  return replacePassword(deps, { user, passwordHash, reason: 'password_reset' });
};
