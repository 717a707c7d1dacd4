import type { LoginInput, LoginOutput } from '@moonlight/contracts';
import { recordAudit } from '../audit/audit-store.ts';
import { AuthError } from '../auth-error.ts';
import { requireCaptcha } from '../captcha/require-captcha.ts';
import type { AuthDeps } from '../deps.ts';
import { countLoginFailure, type LoginLimits, loginLimits, refuseWhileWaiting } from '../rate-limit/login-limits.ts';
import type { RequestInfo } from '../request-info.ts';
import { findUserByEmail, recordLogin, toUser, type UserRow } from '../users/users-store.ts';
import { issueTokens, openSession } from './open-session.ts';

/**
 * Logs in by address and password and begins a session. An unknown address costs the same statements and the same hash
 * as a wrong password. Throws RATE_LIMITED, CAPTCHA_REQUIRED, CAPTCHA_INVALID, INVALID_CREDENTIALS, ACCOUNT_DISABLED,
 * EMAIL_NOT_VERIFIED, OVERLOADED.
 */
export const login = async (deps: AuthDeps, input: LoginInput, request: RequestInfo): Promise<LoginOutput> => {
  const limits = loginLimits(deps, input.email, request);
  const [pairWait = 0, ipWait = 0, addressWait = 0] = await deps.limits.peek([limits.pair, limits.ip, limits.address]);
  refuseWhileWaiting(Math.max(pairWait, ipWait));
  if (addressWait > 0) await requireCaptcha(deps, input.captcha, request);
  return admit(deps, { input, limits }, request);
};

type Attempt = { readonly input: LoginInput; readonly limits: LoginLimits };

const admit = async (deps: AuthDeps, attempt: Attempt, request: RequestInfo): Promise<LoginOutput> => {
  const { input, limits } = attempt;
  const user = await findUserByEmail({ ...deps, tx: deps.db }, input.email);
  const isRight = await deps.hasher.verify(input.password, user?.passwordHash);
  if (user === undefined || !isRight || isHidden(deps, user)) {
    await countLoginFailure(deps, limits);
    return refuse(deps, { code: 'INVALID_CREDENTIALS', user }, request);
  }
  // A burst that failed while this was checked has started a wait, and a right guess in it must not get through.
  refuseWhileWaiting(await deps.limits.reset(limits.pair.key));
  if (!user.isActive) return refuse(deps, { code: 'ACCOUNT_DISABLED', user }, request);
  if (user.emailVerifiedAt === null && deps.settings.accounts.requireVerifiedEmail)
    return refuse(deps, { code: 'EMAIL_NOT_VERIFIED', user }, request);

  const { passwordHash: provenHash } = user;
  const newHash = deps.hasher.isOutdated(provenHash) ? await deps.hasher.hash(input.password) : undefined;
  const session = await deps.db.transaction(async (tx) => {
    if (!(await recordLogin(tx, { id: user.id, now: deps.clock.now(), provenHash, newHash }))) return undefined;
    const opened = await openSession({ ...deps, tx }, user.id, request);
    const details = { sessionId: opened.sessionId };
    await recordAudit({ ...deps, tx }, { event: 'login_succeeded', userId: user.id, details }, request);
    return opened;
  });
  // The password was replaced while it was checked. A reset has ended every session, so none may begin with the old one.
  if (session === undefined) return admit(deps, attempt, request);
  return { user: toUser(user), tokens: await issueTokens(deps, session) };
};

/** In strict privacy nobody may learn that an address waits to be verified: it counts as unknown. */
const isHidden = ({ settings }: AuthDeps, user: UserRow): boolean =>
  settings.accounts.privacy === 'strict' && user.emailVerifiedAt === null;

type Refusal = 'INVALID_CREDENTIALS' | 'ACCOUNT_DISABLED' | 'EMAIL_NOT_VERIFIED';

const refuse = async (
  deps: AuthDeps,
  { code, user }: { code: Refusal; user: UserRow | undefined },
  request: RequestInfo,
): Promise<never> => {
  const entry = { event: 'login_failed', userId: user?.id ?? null, details: { reason: code } } as const;
  await recordAudit({ ...deps, tx: deps.db }, entry, request);
  throw new AuthError(code);
};
