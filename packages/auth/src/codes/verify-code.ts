import { createHmac } from 'node:crypto';
import type { VerifyCodeInput, VerifyCodeOutput } from '@moonlight/contracts';
import type { Connection, Tx } from '@moonlight/db';
import { encodeBase64urlNoPadding } from '@oslojs/encoding';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { refuseWhileWaiting } from '../rate-limit/enforce-limits.ts';
import { ipKey, limitRule } from '../rate-limit/limit-rules.ts';
import type { DerivedKey } from '../secrets/secrets.ts';
import { type CodeSubject, markCodeConsumed, tryCode } from './codes-store.ts';

interface GivenCode extends CodeSubject {
  readonly code: string;
}

/** With the pipeline that sends the statement, where there is one. */
type OnConnection<T> = T & { readonly connection?: Connection };

/**
 * The stored form of a code. Six digits can be guessed from a plain hash at once, so the hash is keyed and bound to the
 * email and the purpose.
 */
export const hashCode = (deps: AuthDeps, given: GivenCode): string => hashWith(deps.secrets.verificationCode[0], given);

const hashWith = ({ key }: DerivedKey, { email, purpose, code }: GivenCode): string => {
  const hash = createHmac('sha256', key);
  return encodeBase64urlNoPadding(hash.update(JSON.stringify([purpose, email.toLowerCase(), code])).digest());
};

/** The hashes under which a code may be stored: one for each secret. */
const hashesOf = ({ secrets }: AuthDeps, given: GivenCode): string[] =>
  secrets.verificationCode.map((key) => hashWith(key, given));

// A million codes make 20 guesses a chance of 1 in 50,000 for each mailed code, however many networks guess.
const MOST_ATTEMPTS = 20;

/**
 * Checks a code, and counts it against the caller's IP address when it is wrong. An IP address with no tries left is
 * refused even with the right code, and cannot use up the tries of others. A code that was used already is refused, but
 * presenting it again is no guess and does not count. Without a code the answers are the same as with one. Throws
 * CODE_INVALID, CODE_EXPIRED, CODE_ATTEMPTS_EXCEEDED, and RATE_LIMITED after wrong codes for many emails.
 */
export const requireCode = async (deps: AuthDeps, given: GivenCode, request: RequestInfo): Promise<void> => {
  await peekCodeFailures(deps, request);
  await tryGivenCode(deps, given, request);
};

/** The first half of `requireCode`, for a caller that sends it with other statements. Throws RATE_LIMITED. */
export const peekCodeFailures = async (
  deps: AuthDeps,
  { connection, ...request }: OnConnection<RequestInfo>,
): Promise<void> => {
  const failures = limitRule(deps, 'code-failures-ip', request);
  refuseWhileWaiting(Math.max(...(await deps.limits.peek([failures], connection))));
};

/** The second half of `requireCode`. Throws all its other codes. */
export const tryGivenCode = async (
  deps: AuthDeps,
  { connection, ...given }: OnConnection<GivenCode>,
  request: RequestInfo,
): Promise<void> => {
  const failures = limitRule(deps, 'code-failures-ip', request);
  const now = deps.clock.now();
  const mostOfIp = deps.settings.limits.codeAttempts;
  const { isRight, attempts, ofIp, consumedAt, expiresAt } = await tryCode(connection ?? deps.db, given, {
    codeHashes: hashesOf(deps, given),
    ipKey: ipKey(deps, request),
    mostAttempts: MOST_ATTEMPTS,
    mostOfIp,
    now,
  });
  const counted = isRight ? 0 : 1;
  if (attempts - counted >= MOST_ATTEMPTS || ofIp - counted >= mostOfIp) throw new AuthError('CODE_ATTEMPTS_EXCEEDED');
  if (!isRight) refuseWhileWaiting(await deps.limits.consume([failures], connection));
  if (!isRight || consumedAt !== null) throw new AuthError('CODE_INVALID');
  if (expiresAt <= now) throw new AuthError('CODE_EXPIRED');
};

/**
 * Consumes a code that was checked before. Exactly one of two concurrent calls returns true; a newer code is not
 * touched.
 */
export const consumeCode = (tx: Tx, deps: AuthDeps, given: GivenCode): Promise<boolean> =>
  markCodeConsumed(tx, given, { codeHashes: hashesOf(deps, given), now: deps.clock.now() });

/** Makes the outstanding code of a subject invalid. */
export const withdrawCode = async (tx: Tx, { clock }: AuthDeps, subject: CodeSubject): Promise<void> => {
  await markCodeConsumed(tx, subject, { now: clock.now() });
};

/**
 * Checks whether a code would be accepted. It does not consume the code, and a wrong attempt counts.
 * Throws CODE_INVALID, CODE_EXPIRED, CODE_ATTEMPTS_EXCEEDED, RATE_LIMITED.
 */
export const verifyCode = async (
  deps: AuthDeps,
  { email, code, type: purpose }: VerifyCodeInput,
  request: RequestInfo,
): Promise<VerifyCodeOutput> => {
  await requireCode(deps, { email, purpose, code }, request);
  return { valid: true };
};
