import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';
import { limitKey } from './limit-key.ts';
import { limitSubject } from './limit-subject.ts';
import type { LimitRule } from './limits-store.ts';
import { refuseWhileWaiting } from './login-limits.ts';

/** What mails to one address are counted for; reset links and reset codes count together. */
export type MailPurpose = 'verify' | 'register' | 'reset';

export interface MailLimits {
  /** One mail per cooldown and so many a day to this address, for this purpose. */
  readonly address: LimitRule[];
  /** So many mails an hour because of this IP address. */
  readonly ip: LimitRule;
}

export const mailLimits = (
  { settings, secrets }: AuthDeps,
  { email, purpose }: { email: string; purpose: MailPurpose },
  request: RequestInfo,
): MailLimits => {
  const { limits } = settings;
  const address = email.toLowerCase();
  const keyOf = (name: string, ...parts: string[]) => limitKey(secrets.limitKey, name, ...parts);
  const cooldown = {
    key: keyOf('mail-cooldown', purpose, address),
    limit: 1,
    windowSeconds: limits.mailCooldownSeconds,
  };
  const day = { key: keyOf('mail-day', purpose, address), limit: limits.mailsPerDay, windowSeconds: 86_400 };
  return {
    // Without a cooldown there is nothing to count.
    address: limits.mailCooldownSeconds === 0 ? [day] : [cooldown, day],
    ip: { key: keyOf('mail-ip', limitSubject(request.ip)), limit: limits.mailsPerIpPerHour, windowSeconds: 3600 },
  };
};

/** Looks whether a mail may be sent, and counts nothing. Throws RATE_LIMITED. */
export const lookAtMailLimits = async ({ limits }: AuthDeps, { address, ip }: MailLimits): Promise<void> => {
  refuseWhileWaiting(Math.max(...(await limits.peek([ip, ...address]))));
};

/** Counts a mail. Throws RATE_LIMITED, and then counts nothing. */
export const takeMailLimits = async ({ limits }: AuthDeps, { address, ip }: MailLimits): Promise<void> => {
  refuseWhileWaiting(await limits.consume([ip, ...address]));
};
