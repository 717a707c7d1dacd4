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
  const [pairWait = 0, ipWait = 0, addressWait = 0] = await deps.limits.look([limits.pair, limits.ip, limits.address]);
  refuseWhileWaiting(Math.max(pairWait, ipWait));
  if (addressWait > 0) await requireCaptcha(deps, input.captcha, request);

  const user = await findUserByEmail({ ...deps, tx: deps.db }, input.email);
  const isRight = await deps.hasher.verify(input.password, user?.passwordHash);
  if (user === undefined || !isRight) return refuseLogin(deps, { user, limits }, request);
  // A burst that failed while this was checked has started a wait, and a right guess in it must not get through.
  refuseWhileWaiting(await deps.limits.clear(limits.pair.key));
  refuseState(deps, user);

  const passwordHash = deps.hasher.isOutdated(user.passwordHash) ? await deps.hasher.hash(input.password) : undefined;
  const session = await deps.db.transaction(async (tx) => {
    const opened = await openSession({ ...deps, tx }, user.id, request);
    await recordLogin(tx, { id: user.id, now: deps.clock.now(), passwordHash });
    const details = { sessionId: opened.sessionId };
    await recordAudit({ ...deps, tx }, { event: 'login_succeeded', userId: user.id, details }, request);
    return opened;
  });
  return { user: toUser(user), tokens: await issueTokens(deps, session) };
};

const refuseLogin = async (
  deps: AuthDeps,
  { user, limits }: { user: UserRow | undefined; limits: LoginLimits },
  request: RequestInfo,
): Promise<never> => {
  await countLoginFailure(deps, limits);
  await recordAudit({ ...deps, tx: deps.db }, { event: 'login_failed', userId: user?.id ?? null }, request);
  throw new AuthError('INVALID_CREDENTIALS');
};

const refuseState = ({ settings }: AuthDeps, user: UserRow): void => {
  if (!user.isActive) throw new AuthError('ACCOUNT_DISABLED');
  if (user.emailVerifiedAt !== null) return;
  // In strict privacy nobody may learn that an address waits to be verified.
  if (settings.accounts.privacy === 'strict') throw new AuthError('INVALID_CREDENTIALS');
  if (settings.accounts.requireVerifiedEmail) throw new AuthError('EMAIL_NOT_VERIFIED');
};
