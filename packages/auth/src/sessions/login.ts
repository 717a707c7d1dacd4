import type { LoginInput, LoginOutput } from '@moonlight/contracts';
import { transaction } from '@moonlight/db';
import { recordAudit } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import { requireCaptcha } from '../captcha/captcha.ts';
import type { HashingPlace } from '../credentials/password-hasher.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { isConcealed } from '../privacy/strict-privacy.ts';
import { countLoginFailure, refuseWhileWaiting } from '../rate-limit/enforce-limits.ts';
import { type LoginLimits, loginLimits } from '../rate-limit/limit-rules.ts';
import { findUserByEmail, lockForLogin, recordLogin, toUser, type UserRow } from '../users/users.ts';
import { inTurn } from './account-turns.ts';
import { findSurplusSessions, issueTokens, openSession } from './open-session.ts';

/**
 * Logs in with email and password and opens a session. An unknown email costs the same statements and the same hash as
 * a wrong password. Throws RATE_LIMITED, CAPTCHA_REQUIRED, CAPTCHA_INVALID, INVALID_CREDENTIALS, ACCOUNT_DISABLED,
 * EMAIL_NOT_VERIFIED, OVERLOADED.
 */
export const login = async (deps: AuthDeps, input: LoginInput, request: RequestInfo): Promise<LoginOutput> => {
  using place = deps.hasher.enter(request.ip);
  const limits = loginLimits(deps, input.email, request);
  const [pairWait = 0, ipWait = 0, emailWait = 0] = await deps.limits.peek([limits.pair, limits.ip, limits.email]);
  refuseWhileWaiting(Math.max(pairWait, ipWait));
  if (emailWait > 0) await requireCaptcha(deps, input.captcha, request);
  return await attemptLogin(deps, { input, limits, place }, request);
};

interface Attempt {
  readonly input: LoginInput;
  readonly limits: LoginLimits;
  readonly place: HashingPlace;
}

const attemptLogin = async (deps: AuthDeps, attempt: Attempt, request: RequestInfo): Promise<LoginOutput> => {
  const { input, limits, place } = attempt;
  const user = await findUserByEmail(deps.db, deps, input.email);
  const isRight = await place.verify(input.password, user?.passwordHash);
  if (user === undefined || !isRight || isConcealed(deps.settings, user)) {
    await countLoginFailure(deps, limits);
    return refuse(deps, { code: 'INVALID_CREDENTIALS', user }, request);
  }
  // Parallel failures may have started a wait while this password was checked; a right guess among them must be
  // refused.
  refuseWhileWaiting(await deps.limits.reset(limits.pair.key));
  if (!user.isActive) return refuse(deps, { code: 'ACCOUNT_DISABLED', user }, request);
  if (user.emailVerifiedAt === null && deps.settings.accounts.requireVerifiedEmail)
    return refuse(deps, { code: 'EMAIL_NOT_VERIFIED', user }, request);

  const { id: userId, passwordHash: provenHash } = user;
  const newHash = deps.hasher.isOutdated(provenHash) ? await place.hash(input.password) : undefined;
  const proven = { userId, provenHash, newHash };
  const session = await inTurn(deps.db, userId, () => recordAndOpen(deps, proven, request));
  // The password was replaced while it was checked. A reset ends every session, so the old password must open none.
  if (session === undefined) return attemptLogin(deps, attempt, request);
  return { user: toUser(user), tokens: await issueTokens(deps, session) };
};

interface Proven {
  readonly userId: string;
  readonly provenHash: string;
  readonly newHash: string | undefined;
}

/** Opens the session; undefined when `provenHash` is no longer the hash of the account. */
const recordAndOpen = (deps: AuthDeps, { userId, provenHash, newHash }: Proven, request: RequestInfo) =>
  transaction(deps.db, async (tx) => {
    // Sent together; the second sees what is committed when the first has the lock.
    const [account, surplus] = await Promise.all([
      lockForLogin(tx, { id: userId, provenHash }),
      findSurplusSessions(tx, deps, userId),
    ]);
    if (account === undefined) return undefined;
    const { isEmailVerified, isFirst } = account;
    if (isFirst || newHash !== undefined)
      await recordLogin(tx, { id: userId, now: deps.clock.now(), passwordHash: newHash ?? provenHash });
    const opened = await openSession(tx, deps, { userId, isEmailVerified, surplus, request });
    const details = { sessionId: opened.sessionId };
    await recordAudit(tx, deps, { event: 'login_succeeded', userId, request, details });
    return opened;
  });

interface Refusal {
  readonly code: 'INVALID_CREDENTIALS' | 'ACCOUNT_DISABLED' | 'EMAIL_NOT_VERIFIED';
  readonly user: UserRow | undefined;
}

const refuse = async (deps: AuthDeps, { code, user }: Refusal, request: RequestInfo): Promise<never> => {
  const userId = user?.id ?? null;
  await recordAudit(deps.db, deps, { event: 'login_failed', userId, request, details: { reason: code } });
  throw new AuthError(code);
};
