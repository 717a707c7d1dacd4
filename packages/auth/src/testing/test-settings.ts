import type { AuthSettings } from '../settings.ts';

const MINUTE = 60;
const DAY = 86_400;

/** The contract's standard values. */
export const testSettings: AuthSettings = {
  appName: 'Moonlight',
  frontendUrl: 'https://app.example.com',
  tokens: {
    issuer: 'https://auth.example.com',
    audience: 'https://auth.example.com',
    accessTokenSeconds: 30 * MINUTE,
    refreshTokenSeconds: 7 * DAY,
    sessionMaxSeconds: 90 * DAY,
    reuseGraceSeconds: 10,
  },
  lifetimes: { verificationLinkSeconds: 15 * MINUTE, resetLinkSeconds: 30 * MINUTE, codeSeconds: 10 * MINUTE },
  accounts: {
    privacy: 'open',
    requireVerifiedEmail: false,
    unverifiedAccountSeconds: DAY,
    auditRetentionSeconds: 365 * DAY,
  },
  limits: {
    mailCooldownSeconds: 60,
    mailsPerDay: 10,
    codeAttempts: 5,
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
