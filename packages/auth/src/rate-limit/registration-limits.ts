import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';
import { limitKey } from './limit-key.ts';
import { limitSubject } from './limit-subject.ts';
import { refuseWhileWaiting } from './login-limits.ts';

/** Counts a registration of this IP address, whatever becomes of it. Throws RATE_LIMITED. */
export const takeRegistrationLimit = async (
  { limits, secrets, settings }: AuthDeps,
  request: RequestInfo,
): Promise<void> => {
  const key = limitKey(secrets.limitKey, 'register-ip', limitSubject(request.ip));
  const limit = settings.limits.registrationsPerIpPerHour;
  refuseWhileWaiting(await limits.consume([{ key, limit, windowSeconds: 3600 }]));
};

/** Counts a question whether an address is registered. Throws RATE_LIMITED. */
export const takeCheckEmailLimit = async (
  { limits, secrets, settings }: AuthDeps,
  request: RequestInfo,
): Promise<void> => {
  const key = limitKey(secrets.limitKey, 'check-email-ip', limitSubject(request.ip));
  const limit = settings.limits.checkEmailPerIpPerMinute;
  refuseWhileWaiting(await limits.consume([{ key, limit, windowSeconds: 60 }]));
};
