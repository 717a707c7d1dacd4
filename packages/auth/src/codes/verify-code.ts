import { createHmac } from 'node:crypto';
import type { VerifyCodeInput, VerifyCodeOutput } from '@moonlight/contracts';
import type { Executor, Tx } from '@moonlight/db';
import { encodeBase64urlNoPadding } from '@oslojs/encoding';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import { type CodeSubject, markCodeConsumed, tryCode } from './codes-store.ts';

interface GivenCode extends CodeSubject {
  readonly code: string;
}

/**
 * The stored form of a code. Six digits can be guessed from a plain hash at once, so the hash is keyed and bound to the
 * email and the purpose.
 */
export const hashCode = ({ secrets }: AuthDeps, { email, purpose, code }: GivenCode): string => {
  const hash = createHmac('sha256', secrets.verificationCode);
  return encodeBase64urlNoPadding(hash.update(JSON.stringify([purpose, email.toLowerCase(), code])).digest());
};

type CodeRefusal = 'CODE_INVALID' | 'CODE_EXPIRED' | 'CODE_ATTEMPTS_EXCEEDED';

/**
 * Checks a code and counts a wrong attempt; undefined when it is right. Run it on the pool, so that the count survives
 * a refusal. After the last allowed wrong attempt every further one is refused, even with the right code.
 */
export const checkCode = async (tx: Executor, deps: AuthDeps, given: GivenCode): Promise<CodeRefusal | undefined> => {
  const tried = await tryCode(tx, given, hashCode(deps, given));
  if (tried === undefined) return 'CODE_INVALID';
  const wrongBefore = tried.isRight ? tried.attempts : tried.attempts - 1;
  if (wrongBefore >= deps.settings.limits.codeAttempts) return 'CODE_ATTEMPTS_EXCEEDED';
  if (!tried.isRight) return 'CODE_INVALID';
  return tried.expiresAt <= deps.clock.now() ? 'CODE_EXPIRED' : undefined;
};

/**
 * Consumes a code that was checked before. Exactly one of two concurrent calls returns true; a newer code is not
 * touched.
 */
export const consumeCode = (tx: Tx, deps: AuthDeps, given: GivenCode): Promise<boolean> =>
  markCodeConsumed(tx, given, { codeHash: hashCode(deps, given), now: deps.clock.now() });

/** Makes the outstanding code of a subject invalid. */
export const withdrawCode = async (tx: Tx, { clock }: AuthDeps, subject: CodeSubject): Promise<void> => {
  await markCodeConsumed(tx, subject, { now: clock.now() });
};

/**
 * Checks whether a code would be accepted. It does not consume the code, and a wrong attempt counts.
 * Throws CODE_INVALID, CODE_EXPIRED, CODE_ATTEMPTS_EXCEEDED.
 */
export const verifyCode = async (
  deps: AuthDeps,
  { email, code, type: purpose }: VerifyCodeInput,
): Promise<VerifyCodeOutput> => {
  const refusal = await checkCode(deps.db, deps, { email, purpose, code });
  if (refusal !== undefined) throw new AuthError(refusal);
  return { valid: true };
};
