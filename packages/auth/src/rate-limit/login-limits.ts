import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';
import { limitKey } from './limit-key.ts';
import { limitSubject } from './limit-subject.ts';
import type { BackoffRule, LimitRule } from './limits-store.ts';

// A person who comes back the next day starts with a clean sheet.
const FAILURES_REMEMBERED_SECONDS = 86_400;

export interface LoginLimits {
  /** Failures of this address from this IP address: free at first, then with growing waits. */
  readonly pair: BackoffRule;
  /** Failures of this IP address, whatever the account. */
  readonly ip: LimitRule;
  /** Failures of this address, from anywhere; when full, a captcha is asked for. */
  readonly address: LimitRule;
}

/** What a wrong password counts for; a change of password asks for no captcha, so it leaves `address` out. */
type CountedFailure = Pick<LoginLimits, 'pair' | 'ip'> & Partial<Pick<LoginLimits, 'address'>>;

export const loginLimits = ({ settings, secrets }: AuthDeps, email: string, request: RequestInfo): LoginLimits => {
  const { limits } = settings;
  const address = email.toLowerCase();
  const ip = limitSubject(request.ip);
  const windowSeconds = limits.loginFailureWindowSeconds;
  return {
    pair: {
      key: limitKey(secrets.limitKey, 'login', address, ip),
      free: limits.loginFreeFailures,
      longestSeconds: limits.loginLongestWaitSeconds,
      memorySeconds: FAILURES_REMEMBERED_SECONDS,
    },
    ip: { key: limitKey(secrets.limitKey, 'login-ip', ip), limit: limits.loginFailuresPerIp, windowSeconds },
    address: {
      key: limitKey(secrets.limitKey, 'login-address', address),
      limit: limits.loginFailuresBeforeCaptcha,
      windowSeconds,
    },
  };
};

/** Throws RATE_LIMITED with the wait, unless there is none. */
export const refuseWhileWaiting = (waitSeconds: number): void => {
  if (waitSeconds > 0) throw new AuthError('RATE_LIMITED', { retryAfter: waitSeconds });
};

/**
 * Counts a wrong password. Of a burst that was checked side by side only the free failures, and only so many per IP
 * address, are answered as such: the others throw RATE_LIMITED, as if they had come one after the other.
 */
export const countLoginFailure = async (deps: AuthDeps, { pair, ip, address }: CountedFailure): Promise<void> => {
  refuseWhileWaiting(await deps.limits.penalize(pair));
  const counted = [deps.limits.consume([ip]), ...(address === undefined ? [] : [deps.limits.consume([address])])];
  const [ipWait = 0] = await Promise.all(counted);
  refuseWhileWaiting(ipWait);
};
