import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';
import { limitKey } from './limit-key.ts';
import { limitSubject } from './limit-subject.ts';
import type { LimitRule } from './limits-store.ts';
import { refuseWhileWaiting } from './login-limits.ts';

/** What mails to one address are counted for; reset links and reset codes count together. */
export type MailPurpose = 'verify' | 'register' | 'reset';

/** One mail per cooldown and so many a day to an address, for each purpose; so many an hour because of one IP address. */
export const mailLimits = (
  { settings, secrets }: AuthDeps,
  { email, purpose }: { email: string; purpose: MailPurpose },
  request: RequestInfo,
): LimitRule[] => {
  const { limits } = settings;
  const address = email.toLowerCase();
  const keyOf = (name: string, ...parts: string[]) => limitKey(secrets.limitKey, name, ...parts);
  const cooldown = {
    key: keyOf('mail-cooldown', purpose, address),
    limit: 1,
    windowSeconds: limits.mailCooldownSeconds,
  };
  return [
    // Without a cooldown there is nothing to count.
    ...(limits.mailCooldownSeconds === 0 ? [] : [cooldown]),
    { key: keyOf('mail-day', purpose, address), limit: limits.mailsPerDay, windowSeconds: 86_400 },
    { key: keyOf('mail-ip', limitSubject(request.ip)), limit: limits.mailsPerIpPerHour, windowSeconds: 3600 },
  ];
};

/** Counts a mail against its limits. Throws RATE_LIMITED, and then counts nothing. */
export const takeMailLimits = async (
  deps: AuthDeps,
  mail: { email: string; purpose: MailPurpose },
  request: RequestInfo,
): Promise<void> => {
  refuseWhileWaiting(await deps.limits.take(mailLimits(deps, mail, request)));
};
