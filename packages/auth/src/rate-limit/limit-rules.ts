import { createHmac, type KeyObject } from 'node:crypto';
import { encodeBase64urlNoPadding } from '@oslojs/encoding';
import ipaddr from 'ipaddr.js';
import type { AuthDeps, AuthSettings, RequestInfo } from '../deps.ts';
import type { BackoffRule, LimitRule } from './limits-store.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** More calls than any window sees; PostgreSQL stores counts in 32 bits. */
const NEVER_FULL = 2_000_000_000;

/** The purpose for which mails are counted; reset links and reset codes count together. */
export type MailPurpose = 'verify' | 'register' | 'reset';

interface Subject {
  readonly email: string;
  readonly ip: string;
  readonly purpose: MailPurpose;
}

interface TableRow<Rule> {
  /** Calls with the same values of these share a counter. */
  readonly per: readonly (keyof Subject)[];
  readonly rule: (settings: AuthSettings['limits']) => Omit<Rule, 'key'>;
}

/** Every limit with a window: what has a counter of its own, how many calls it allows, and in how many seconds. */
const LIMITS = {
  // Mails: a cooldown for each email and purpose; a daily limit for them from one IP address, so that a stranger's mails do
  // not use up the owner's, and one in all; and an hourly limit for each IP address.
  'mail-cooldown': { per: ['purpose', 'email'], rule: (s) => ({ limit: 1, windowSeconds: s.mailCooldownSeconds }) },
  'mail-day': { per: ['purpose', 'email', 'ip'], rule: (s) => ({ limit: s.mailsPerDay, windowSeconds: DAY }) },
  'mail-day-total': { per: ['purpose', 'email'], rule: (s) => ({ limit: s.mailsPerDayInAll, windowSeconds: DAY }) },
  'mail-ip': { per: ['ip'], rule: (s) => ({ limit: s.mailsPerIpPerHour, windowSeconds: HOUR }) },
  // Registration: attempts that passed the input check, and questions whether an email is registered.
  'register-ip': { per: ['ip'], rule: (s) => ({ limit: s.registrationsPerIpPerHour, windowSeconds: HOUR }) },
  'check-email-ip': { per: ['ip'], rule: (s) => ({ limit: s.checkEmailPerIpPerMinute, windowSeconds: MINUTE }) },
  // Failed logins: a full `login-ip` refuses, a full `login-address` asks for a captcha.
  'login-ip': {
    per: ['ip'],
    rule: (s) => ({ limit: s.loginFailuresPerIp, windowSeconds: s.loginFailureWindowSeconds }),
  },
  'login-address': {
    per: ['email'],
    rule: (s) => ({ limit: s.loginFailuresBeforeCaptcha, windowSeconds: s.loginFailureWindowSeconds }),
  },
  // Wrong codes, for all emails and purposes. Those of a single code are counted in its row.
  'code-failures-ip': { per: ['ip'], rule: (s) => ({ limit: s.codeFailuresPerIp, windowSeconds: 15 * MINUTE }) },
  // Mails without a captcha: calls of `sendCode` and `emailVerification.resend`, and mails for an email of all purposes.
  'captcha-ip': { per: ['ip'], rule: (s) => ({ limit: s.codesBeforeCaptchaPerIp, windowSeconds: 15 * MINUTE }) },
  'captcha-address': { per: ['email'], rule: (s) => ({ limit: s.codesBeforeCaptchaPerAddress, windowSeconds: DAY }) },
} as const satisfies Readonly<Record<string, TableRow<LimitRule>>>;

/**
 * Every limit with growing waits. Failed logins are counted for each email and IP address together, so that a
 * stranger's failures cannot lock out the owner.
 */
const BACKOFFS = {
  login: {
    per: ['email', 'ip'],
    rule: (s) => ({ free: s.loginFreeFailures, longestSeconds: s.loginLongestWaitSeconds, memorySeconds: DAY }),
  },
} as const satisfies Readonly<Record<string, TableRow<BackoffRule>>>;

const networkOf = (address: ipaddr.IPv6, bits: 48 | 64): string => {
  const groups = address.parts.slice(0, bits / 16).map((group) => group.toString(16));
  return `${groups.join(':')}::/${bits}`;
};

/**
 * The part of an IP address that limits count. One connection usually gets a whole IPv6 /64 (RFC 6177), so that counts
 * as one; IPv4 written as IPv6 (`::ffff:192.0.2.1`, RFC 4291, 2.5.5.2) counts as the IPv4 address.
 */
export const ipSubject = (ip: string): string => {
  if (!ipaddr.IPv6.isValid(ip)) return ip;
  const address = ipaddr.IPv6.parse(ip);
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().toString();
  return networkOf(address, 64);
};

/** The IPv6 /48 of an address, which a site often gets (RFC 6177); undefined for IPv4. */
const siteSubject = (ip: string): string | undefined => {
  const subject = ipSubject(ip);
  return subject.endsWith('/64') ? networkOf(ipaddr.IPv6.parse(ip), 48) : undefined;
};

/**
 * The key of a counter: the limit's name in clear, and a keyed hash of the other parts (HMAC-SHA-256, of which 128 bits
 * are plenty against collisions), so that the store reveals no email or IP address.
 */
export const limitKey = (secretKey: KeyObject, name: string, parts: readonly string[]): string => {
  // As JSON, two different lists of parts never look alike.
  const hash = createHmac('sha256', secretKey).update(JSON.stringify([name, ...parts]));
  return `${name}:${encodeBase64urlNoPadding(hash.digest().subarray(0, 16))}`;
};

/** A keyed hash of the IP address or network that limits count. */
export const ipKey = ({ secrets }: AuthDeps, { ip }: RequestInfo): string =>
  limitKey(secrets.limitKey, 'ip', [ipSubject(ip)]);

const counterKey = (
  { secrets }: AuthDeps,
  name: string,
  { per, subject }: { per: readonly (keyof Subject)[]; subject: Partial<Subject> },
): string => {
  const parts = {
    email: (subject.email ?? '').toLowerCase(),
    ip: subject.ip ?? '',
    purpose: subject.purpose ?? '',
  };
  return limitKey(
    secrets.limitKey,
    name,
    per.map((part) => parts[part]),
  );
};

type LimitName = keyof typeof LIMITS;

// A site may have a few networks. More of them do not give it more calls.
const CALLS_OF_SITE = 10;

/** The limit `name` for one subject. What counts an IPv6 /64 also counts, ten times as much, the /48 around it. */
export const limitRule = <Name extends LimitName>(
  deps: AuthDeps,
  name: Name,
  subject: Pick<Subject, (typeof LIMITS)[Name]['per'][number]>,
): LimitRule => {
  const { per, rule }: TableRow<LimitRule> = LIMITS[name];
  const { ip = '', ...others }: Partial<Subject> = subject;
  const ruleOf = (network: string) => ({
    key: counterKey(deps, name, { per, subject: { ...others, ip: network } }),
    ...rule(deps.settings.limits),
  });
  const own = ruleOf(ipSubject(ip));
  const site = per.includes('ip') ? siteSubject(ip) : undefined;
  if (site === undefined) return own;
  return { ...own, wider: { ...ruleOf(site), limit: Math.min(own.limit * CALLS_OF_SITE, NEVER_FULL) } };
};

export interface LoginLimits {
  readonly pair: BackoffRule;
  readonly ip: LimitRule;
  readonly email: LimitRule;
}

/** The limits of a login; a change of the password shares `pair` and `ip`. */
export const loginLimits = (deps: AuthDeps, email: string, { ip }: RequestInfo): LoginLimits => {
  const { per, rule } = BACKOFFS.login;
  const key = counterKey(deps, 'login', { per, subject: { email, ip: ipSubject(ip) } });
  return {
    pair: { key, ...rule(deps.settings.limits) },
    ip: limitRule(deps, 'login-ip', { ip }),
    email: limitRule(deps, 'login-address', { email }),
  };
};

export interface MailLimits {
  readonly email: LimitRule[];
  readonly ip: LimitRule;
}

/** The limits of a mail to one email for one purpose. */
export const mailLimits = (
  deps: AuthDeps,
  { email, purpose }: { email: string; purpose: MailPurpose },
  { ip }: RequestInfo,
): MailLimits => {
  const subject = { email, purpose, ip };
  // Without a cooldown there is nothing to count.
  const cooldown = deps.settings.limits.mailCooldownSeconds > 0 ? [limitRule(deps, 'mail-cooldown', subject)] : [];
  const day = [limitRule(deps, 'mail-day', subject), limitRule(deps, 'mail-day-total', subject)];
  // Counts every mail for `mailCaptchaRules` and refuses none.
  const counted = { ...limitRule(deps, 'captcha-address', subject), limit: NEVER_FULL };
  return { email: [...cooldown, ...day, counted], ip: limitRule(deps, 'mail-ip', subject) };
};

/** The limits up to which mails that anyone can cause are sent without a captcha. */
export const mailCaptchaRules = (
  deps: AuthDeps,
  email: string,
  { ip }: RequestInfo,
): { ip: LimitRule; email: LimitRule } => ({
  ip: limitRule(deps, 'captcha-ip', { ip }),
  email: limitRule(deps, 'captcha-address', { email }),
});
