import type { VerifyCodeInput, VerifyCodeOutput } from '@moonlight/contracts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import { checkCode } from './check-code.ts';

/**
 * Says whether a code would be accepted. It does not consume the code, and a wrong try counts.
 * Throws CODE_INVALID, CODE_EXPIRED, CODE_ATTEMPTS_EXCEEDED.
 */
export const verifyCode = async (
  deps: AuthDeps,
  { email, code, type: purpose }: VerifyCodeInput,
): Promise<VerifyCodeOutput> => {
  const refusal = await checkCode({ ...deps, tx: deps.db }, { email, purpose, code });
  if (refusal !== undefined) throw new AuthError(refusal);
  return { valid: true };
};
