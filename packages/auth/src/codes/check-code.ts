import type { Executor } from '@moonlight/db';
import type { AuthDeps } from '../deps.ts';
import { type CodeSubject, hashCode, tryCode } from './verification-codes-store.ts';

export type CodeRefusal = 'CODE_INVALID' | 'CODE_EXPIRED' | 'CODE_ATTEMPTS_EXCEEDED';

/**
 * Checks a code and counts a wrong try; undefined when it is right. The caller throws the refusal outside the
 * transaction, so that the counted try stays. Every try after the last allowed wrong one is refused, right or wrong.
 */
export const checkCode = async (
  deps: AuthDeps & { readonly tx: Executor },
  { code, ...subject }: CodeSubject & { readonly code: string },
): Promise<CodeRefusal | undefined> => {
  const tried = await tryCode(deps.tx, subject, hashCode(deps.secrets.verificationCode, subject, code));
  if (tried === undefined) return 'CODE_INVALID';
  const wrongBefore = tried.isRight ? tried.attempts : tried.attempts - 1;
  if (wrongBefore >= deps.settings.limits.codeAttempts) return 'CODE_ATTEMPTS_EXCEEDED';
  if (!tried.isRight) return 'CODE_INVALID';
  return tried.expiresAt <= deps.clock.now() ? 'CODE_EXPIRED' : undefined;
};
