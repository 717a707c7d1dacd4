import type { Connection } from '@moonlight/db';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { limitRule, type LoginLimits, type MailLimits } from './limit-rules.ts';

/** Throws RATE_LIMITED with the wait, unless it is 0. */
export const refuseWhileWaiting = (waitSeconds: number): void => {
  if (waitSeconds > 0) throw new AuthError('RATE_LIMITED', { retryAfter: waitSeconds });
};

/** Checks whether a mail may be sent, and counts nothing. Throws RATE_LIMITED. */
export const peekMailLimits = async ({ limits }: AuthDeps, { email, ip }: MailLimits): Promise<void> => {
  refuseWhileWaiting(Math.max(...(await limits.peek([ip, ...email]))));
};

/** Counts a mail. Throws RATE_LIMITED, and then counts nothing. */
export const consumeMailLimits = async (
  { limits }: AuthDeps,
  { email, ip }: MailLimits,
  connection?: Connection,
): Promise<void> => {
  refuseWhileWaiting(await limits.consume([ip, ...email], connection));
};

/**
 * Counts a notice for the IP address that caused it. The notice is queued already, so neither a full limit nor a failure
 * of the limits store refuses it.
 */
export const countNoticeOfIp = async (deps: AuthDeps, { ip }: RequestInfo): Promise<void> => {
  try {
    await deps.limits.consume([limitRule(deps, 'mail-ip', { ip })]);
  } catch (error) {
    deps.log.warn({ err: error }, 'a notice could not be counted for its IP address');
  }
};

/** Counts a call from this IP address, whatever its outcome. Throws RATE_LIMITED. */
export const consumeIpLimit = async (
  deps: AuthDeps,
  name: 'register-ip' | 'check-email-ip',
  { ip, connection }: Pick<RequestInfo, 'ip'> & { readonly connection?: Connection },
): Promise<void> => {
  refuseWhileWaiting(await deps.limits.consume([limitRule(deps, name, { ip })], connection));
};

/**
 * Counts a wrong password; a change of the password asks for no captcha, so it omits `email`. When wrong passwords are
 * checked in parallel, only the free failures and the allowed number per IP address are answered as such: the others
 * throw RATE_LIMITED, as if they had come one after the other.
 */
export const countLoginFailure = async (
  { limits }: AuthDeps,
  { pair, ip, email }: Pick<LoginLimits, 'pair' | 'ip'> & Partial<Pick<LoginLimits, 'email'>>,
): Promise<void> => {
  refuseWhileWaiting(await limits.penalize(pair));
  const counted = [limits.consume([ip]), ...(email === undefined ? [] : [limits.consume([email])])];
  const [ipWait = 0] = await Promise.all(counted);
  refuseWhileWaiting(ipWait);
};
