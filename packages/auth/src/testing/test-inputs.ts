import type { AuthSettings, RequestInfo } from '../deps.ts';
import type { Clock } from '../system.ts';

const MINUTE = 60;
const DAY = 86_400;

/** The contract's default values. */
export const testSettings: AuthSettings = {
  appName: 'Moonlight',
  frontendUrl: 'https://app.example.com',
  tokens: {
    issuer: 'https://auth.example.com',
    audience: 'https://auth.example.com',
    clientId: 'moonlight',
    accessTokenSeconds: 30 * MINUTE,
    refreshTokenSeconds: 7 * DAY,
    sessionMaxSeconds: 90 * DAY,
    sessionsPerAccount: 50,
    reuseGraceSeconds: 10,
  },
  lifetimes: { verificationLinkSeconds: 15 * MINUTE, resetLinkSeconds: 30 * MINUTE, codeSeconds: 10 * MINUTE },
  accounts: {
    privacy: 'open',
    requireVerifiedEmail: false,
    unverifiedAccountSeconds: DAY,
    deletionSeconds: 7 * DAY,
    reservedUsernames: ['admin', 'Moonlight'],
    auditRetentionSeconds: 365 * DAY,
  },
  limits: {
    mailCooldownSeconds: 60,
    mailsPerDay: 10,
    mailsPerDayInAll: 30,
    codeAttempts: 5,
    codeFailuresPerIp: 50,
    mailsPerIpPerHour: 100,
    registrationsPerIpPerHour: 50,
    checkEmailPerIpPerMinute: 60,
    loginFreeFailures: 5,
    loginLongestWaitSeconds: 900,
    loginFailuresPerIp: 100,
    loginFailuresBeforeCaptcha: 10,
    loginFailureWindowSeconds: 900,
    codesBeforeCaptchaPerIp: 5,
    codesBeforeCaptchaPerAddress: 3,
  },
};

/** A clock that stands still until a test advances it. */
export interface TestClock extends Clock {
  advance(seconds: number): void;
}

/** Starts at a time with milliseconds, so that no test passes only because of whole seconds. */
export const testClock = (start = new Date('2026-11-20T12:00:00.250Z')): TestClock => {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance: (seconds) => {
      now += Math.round(seconds * 1000);
    },
  };
};

let requests = 0;

/** A request from an IP address that no test used before, unless `given` names one. */
export const testRequest = (given: Partial<RequestInfo> = {}): RequestInfo => {
  requests += 1;
  return {
    requestId: `request-${requests}`,
    ip: `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`,
    userAgent: 'Tests/1.0',
    locale: 'en',
    ...given,
  };
};
