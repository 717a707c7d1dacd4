import { AuthError } from '../auth-error.ts';
import { checkCode } from '../codes/check-code.ts';
import { consumeCode, hashCode } from '../codes/verification-codes-store.ts';
import { refuseCommonPassword } from '../credentials/refuse-common-password.ts';
import type { AuthDeps } from '../deps.ts';
import { notifyWorker } from '../outbox/enqueue-mail.ts';
import type { RequestInfo } from '../request-info.ts';
import { findUserByEmail, lockPasswordHash } from '../users/users-store.ts';
import { finishReset } from './finish-reset.ts';

/** Resets by a mailed code. A wrong try counts; only the reset itself consumes the code, and of two that race one wins. */
export const resetByCode = async (
  deps: AuthDeps,
  { newPassword, email, code }: { newPassword: string; email: string; code: string },
  request: RequestInfo,
): Promise<void> => {
  const subject = { email, purpose: 'reset_password' } as const;
  const refusal = await checkCode({ ...deps, tx: deps.db }, { ...subject, code });
  if (refusal !== undefined) throw new AuthError(refusal);
  const user = await findUserByEmail({ ...deps, tx: deps.db }, email);
  // The account went away after its code was sent.
  if (user === undefined) throw new AuthError('CODE_INVALID');
  refuseCommonPassword(newPassword, user);

  const passwordHash = await deps.hasher.hash(newPassword);
  const codeHash = hashCode(deps.secrets.verificationCode, subject, code);
  const outboxId = await deps.db.transaction(async (tx) => {
    await lockPasswordHash(tx, user.id);
    if (!(await consumeCode(tx, subject, { codeHash, now: deps.clock.now() }))) return undefined;
    return finishReset({ ...deps, tx }, { user, passwordHash, by: 'code' }, request);
  });
  if (outboxId === undefined) throw new AuthError('CODE_INVALID');
  notifyWorker(deps, outboxId);
};
