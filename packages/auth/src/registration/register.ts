import type { CheckEmailInput, CheckEmailOutput, RegisterInput, RegisterOutput } from '@moonlight/contracts';
import { pipelined, transaction, type Tx } from '@moonlight/db';
import { recordAudit } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import { consumeCode, peekCodeFailures, tryGivenCode, withdrawCode } from '../codes/verify-code.ts';
import { refuseCommonPassword } from '../credentials/password-rules.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { enqueueVerificationLink } from '../email-verification/send-verification.ts';
import { notifyWorker } from '../outbox/enqueue-mail.ts';
import { consumeIpLimit, refuseWhileWaiting } from '../rate-limit/enforce-limits.ts';
import { mailLimits } from '../rate-limit/limit-rules.ts';
import { issueTokens, openSession } from '../sessions/open-session.ts';
import { newId } from '../system.ts';
import {
  deleteUnverifiedUser,
  findTaken,
  findUserByEmail,
  insertUser,
  toConflictError,
  toUser,
} from '../users/users.ts';

type WithoutCode = Omit<RegisterInput, 'code'>;
type WithCode = WithoutCode & { readonly code: string };

const CODE_REQUIRED = { en: 'required, ask for a code first', 'zh-CN': '必填，请先获取验证码' };

/**
 * Registers an account. Without a code a verification link is mailed and there are no tokens; with a code the email is
 * verified at once and a session is opened. Throws PASSWORD_TOO_COMMON, RATE_LIMITED, EMAIL_TAKEN, USERNAME_TAKEN,
 * OVERLOADED; with a code CODE_INVALID, CODE_EXPIRED, CODE_ATTEMPTS_EXCEEDED; without one, in strict privacy,
 * VALIDATION_FAILED.
 */
export const register = async (
  deps: AuthDeps,
  { code, ...input }: RegisterInput,
  request: RequestInfo,
): Promise<RegisterOutput> => {
  refuseCommonPassword(input.password, input);
  if (code === undefined && deps.settings.accounts.privacy === 'strict')
    throw new AuthError('VALIDATION_FAILED', { details: [{ path: 'code', message: CODE_REQUIRED[request.locale] }] });
  return code === undefined
    ? registerWithLink(deps, input, request)
    : registerWithCode(deps, { ...input, code }, request);
};

const registerWithLink = async (deps: AuthDeps, input: WithoutCode, request: RequestInfo): Promise<RegisterOutput> => {
  const { email, username, password, locale } = input;
  const rules = mailLimits(deps, { email, purpose: 'verify' }, request);
  // Peeked before the account is looked up, refused after it: a cooldown begins after its account was committed, so a
  // concurrent registration that finds the cooldown also finds the account, and gets EMAIL_TAKEN.
  const [, waits, taken] = await pipelined(deps.db, (connection) =>
    Promise.all([
      consumeIpLimit(deps, 'register-ip', { ...request, connection }),
      deps.limits.peek([rules.ip, ...rules.email], connection),
      findTaken(connection, deps, { email, username, isProven: false }),
    ]),
  );
  using place = deps.hasher.enter(request.ip);
  if (taken !== undefined) throw new AuthError(taken);
  refuseWhileWaiting(Math.max(...waits));
  const passwordHash = await place.hash(password);
  refuseWhileWaiting(await deps.limits.consume([rules.ip]));
  const account = {
    id: newId(deps.random, deps.clock.now()),
    email,
    username,
    passwordHash,
    locale: locale ?? request.locale,
    emailVerifiedAt: null,
    firstLoginAt: null,
    registrationIp: request.ip,
    registrationUserAgent: request.userAgent,
  };
  try {
    const { user, outboxId } = await transaction(deps.db, async (tx) => {
      const inserted = await insertUser(tx, deps, account);
      await recordAudit(tx, deps, { event: 'registered', userId: inserted.id, request });
      return {
        user: inserted,
        outboxId: await enqueueVerificationLink(tx, deps, { user: inserted, isFirst: true, request }),
      };
    });
    // Only the registration that was committed starts the cooldown: a concurrent one is refused with EMAIL_TAKEN or
    // USERNAME_TAKEN and leaves no cooldown behind.
    await deps.limits.consume(rules.email);
    notifyWorker(deps, outboxId);
    return { user: toUser(user), tokens: null };
  } catch (error) {
    throw toConflictError(error);
  }
};

/**
 * The code is checked before the names are looked up, so that only the owner of the mailbox learns about accounts. Only
 * a successful registration consumes it. An account with the email that was never verified is removed, however often it
 * was used: a stranger may have registered it.
 */
const registerWithCode = async (deps: AuthDeps, input: WithCode, request: RequestInfo): Promise<RegisterOutput> => {
  const { email, username, password, locale, code } = input;
  const given = { email, purpose: 'register', code } as const;
  await pipelined(deps.db, (connection) =>
    Promise.all([
      consumeIpLimit(deps, 'register-ip', { ...request, connection }),
      peekCodeFailures(deps, { ...request, connection }),
    ]),
  );
  using place = deps.hasher.enter(request.ip);
  const [, taken] = await pipelined(deps.db, (connection) =>
    Promise.all([
      tryGivenCode(deps, { ...given, connection }, request),
      findTaken(connection, deps, { email, username, isProven: true }),
    ]),
  );
  if (taken !== undefined) throw new AuthError(taken);
  const passwordHash = await place.hash(password);
  const now = deps.clock.now();
  const account = {
    id: newId(deps.random, now),
    email,
    username,
    passwordHash,
    locale: locale ?? request.locale,
    emailVerifiedAt: now,
    firstLoginAt: now,
    registrationIp: null,
    registrationUserAgent: null,
  };
  try {
    const done = await transaction(deps.db, async (tx) => {
      // Sent together; the second waits until a parallel registration with this code has ended.
      const [isConsumed, replaced] = await Promise.all([
        consumeCode(tx, deps, given),
        removeUnverified(tx, deps, email),
      ]);
      // Thrown inside the transaction, because nothing of it may stay.
      if (!isConsumed) throw new AuthError('CODE_INVALID');
      const user = await insertUser(tx, deps, account);
      const userId = user.id;
      if (replaced !== undefined) {
        const details = { replacedBy: userId };
        await recordAudit(tx, deps, { event: 'registration_replaced', userId: replaced, request, details });
      }
      await recordAudit(tx, deps, { event: 'registered', userId, request });
      await recordAudit(tx, deps, { event: 'email_verified', userId, request, details: { by: 'code' } });
      return { user, session: await openSession(tx, deps, { userId, isEmailVerified: true, surplus: [], request }) };
    });
    return { user: toUser(done.user), tokens: await issueTokens(deps, done.session) };
  } catch (error) {
    throw toConflictError(error);
  }
};

/**
 * Removes an account that was never verified, with its sessions and links, and makes its code to reset invalid. Returns
 * its id.
 */
const removeUnverified = async (tx: Tx, deps: AuthDeps, email: string): Promise<string | undefined> => {
  const id = await deleteUnverifiedUser(tx, email);
  if (id !== undefined) await withdrawCode(tx, deps, { email, purpose: 'reset_password' });
  return id;
};

/** Whether an email is registered, verified or not. Throws RATE_LIMITED and, in strict privacy, NOT_FOUND. */
export const checkEmail = async (
  deps: AuthDeps,
  { email }: CheckEmailInput,
  request: RequestInfo,
): Promise<CheckEmailOutput> => {
  if (deps.settings.accounts.privacy === 'strict') throw new AuthError('NOT_FOUND');
  await consumeIpLimit(deps, 'check-email-ip', request);
  return { exists: (await findUserByEmail(deps.db, deps, email)) !== undefined };
};
