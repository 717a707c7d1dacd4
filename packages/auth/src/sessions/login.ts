import type { LoginInput, LoginOutput } from '@moonlight/contracts';
import { type Database, pipelined, transaction } from '@moonlight/db';
import { recordAudit } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import { requireCaptcha } from '../captcha/captcha.ts';
import type { HashingPlace } from '../credentials/password-hasher.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { isConcealed } from '../privacy/strict-privacy.ts';
import { countLoginFailure, refuseWhileWaiting } from '../rate-limit/enforce-limits.ts';
import { type LoginLimits, loginLimits } from '../rate-limit/limit-rules.ts';
import { findUserByEmail, lockForLogin, recordLogin, toUser, type UserRow } from '../users/users.ts';
import { findSurplusSessions, issueTokens, openSession, type SessionState } from './open-session.ts';

/**
 * Logs in with email and password and opens a session. An unknown email costs the same statements and the same hash as
 * a wrong password. Throws RATE_LIMITED, CAPTCHA_REQUIRED, CAPTCHA_INVALID, INVALID_CREDENTIALS, ACCOUNT_DISABLED,
 * ACCOUNT_DELETION_PENDING, EMAIL_NOT_VERIFIED, OVERLOADED.
 */
export const login = async (deps: AuthDeps, input: LoginInput, request: RequestInfo): Promise<LoginOutput> => {
  using place = deps.hasher.enter(request.ip);
  const limits = loginLimits(deps, input.email, request);
  const [[pairWait = 0, ipWait = 0, emailWait = 0], user] = await pipelined(deps.db, (connection) =>
    Promise.all([
      deps.limits.peek([limits.pair, limits.ip, limits.email], connection),
      findUserByEmail(connection, deps, input.email),
    ]),
  );
  refuseWhileWaiting(Math.max(pairWait, ipWait));
  if (emailWait > 0) await requireCaptcha(deps, input.captcha, request);
  return await attemptLogin(deps, { input, user, limits, place }, request);
};

interface Attempt {
  readonly input: LoginInput;
  readonly user: UserRow | undefined;
  readonly limits: LoginLimits;
  readonly place: HashingPlace;
}

const attemptLogin = async (deps: AuthDeps, attempt: Attempt, request: RequestInfo): Promise<LoginOutput> => {
  const { input, user, limits, place } = attempt;
  const isRight = await place.verify(input.password, user?.passwordHash);
  if (user === undefined || !isRight || isConcealed(deps.settings, user)) {
    await countLoginFailure(deps, limits);
    return refuse(deps, { code: 'INVALID_CREDENTIALS', user }, request);
  }
  const code = refusalOf(deps, user);
  if (code !== undefined) {
    refuseWhileWaiting(await deps.limits.reset(limits.pair.key));
    return refuse(deps, { code, user }, request);
  }

  const { id: userId, passwordHash: provenHash } = user;
  const newHash = deps.hasher.isOutdated(provenHash) ? await place.hash(input.password) : undefined;
  const proven = { userId, provenHash, newHash, limits };
  const { wait, session } = await inTurn(deps.db, userId, () => recordAndOpen(deps, proven, request));
  refuseWhileWaiting(wait);
  // The password was replaced, or a deletion was planned, while it was checked. Both end every session, so none may open.
  if (session === undefined)
    return attemptLogin(deps, { ...attempt, user: await findUserByEmail(deps.db, deps, input.email) }, request);
  return { user: toUser(user), tokens: await issueTokens(deps, session) };
};

interface Proven {
  readonly userId: string;
  readonly provenHash: string;
  readonly newHash: string | undefined;
  readonly limits: LoginLimits;
}

interface Opened {
  /** Parallel failures may have started a wait while this password was checked; a right guess among them must be refused. */
  readonly wait: number;
  /** Undefined while a wait is running, and when `provenHash` is no longer the hash of the account. */
  readonly session?: SessionState;
}

const recordAndOpen = (
  deps: AuthDeps,
  { userId, provenHash, newHash, limits }: Proven,
  request: RequestInfo,
): Promise<Opened> =>
  transaction(deps.db, async (tx) => {
    // Sent together; the last sees what is committed when the account is locked.
    const [wait, account, surplus] = await Promise.all([
      deps.limits.reset(limits.pair.key, tx),
      lockForLogin(tx, { id: userId, provenHash }),
      findSurplusSessions(tx, deps, userId),
    ]);
    if (wait > 0 || account === undefined) return { wait };
    const { isEmailVerified, isFirst } = account;
    if (isFirst || newHash !== undefined)
      await recordLogin(tx, { id: userId, now: deps.clock.now(), passwordHash: newHash ?? provenHash });
    const opened = await openSession(tx, deps, { userId, isEmailVerified, surplus, request });
    const details = { sessionId: opened.sessionId };
    await recordAudit(tx, deps, { event: 'login_succeeded', userId, request, details });
    return { wait, session: opened };
  });

const turns = new WeakMap<Database, Map<string, Promise<unknown>>>();

/**
 * Runs `work` after every earlier work of the same account in this process. A login locks its account: without turns,
 * parallel logins of one account would wait for the lock on all connections, and every other call for a connection.
 */
const inTurn = <T>(db: Database, userId: string, work: () => Promise<T>): Promise<T> => {
  const last = turns.get(db) ?? new Map<string, Promise<unknown>>();
  turns.set(db, last);
  const run = () => work();
  const turn = (last.get(userId) ?? Promise.resolve()).then(run, run);
  last.set(userId, turn);
  return turn.finally(() => {
    if (last.get(userId) === turn) last.delete(userId);
  });
};

/** Why the right password opens no session, or undefined when it does. */
const refusalOf = ({ settings }: AuthDeps, user: UserRow): Refusal['code'] | undefined => {
  if (user.deletesAt !== null) return 'ACCOUNT_DELETION_PENDING';
  if (!user.isActive) return 'ACCOUNT_DISABLED';
  return user.emailVerifiedAt === null && settings.accounts.requireVerifiedEmail ? 'EMAIL_NOT_VERIFIED' : undefined;
};

interface Refusal {
  readonly code: 'INVALID_CREDENTIALS' | 'ACCOUNT_DELETION_PENDING' | 'ACCOUNT_DISABLED' | 'EMAIL_NOT_VERIFIED';
  readonly user: UserRow | undefined;
}

const refuse = async (deps: AuthDeps, { code, user }: Refusal, request: RequestInfo): Promise<never> => {
  const userId = user?.id ?? null;
  await recordAudit(deps.db, deps, { event: 'login_failed', userId, request, details: { reason: code } });
  const { deletesAt } = user ?? {};
  throw new AuthError(code, code === 'ACCOUNT_DELETION_PENDING' && deletesAt ? { deletesAt } : {});
};
