import type { Mail } from '@moonlight/auth';
import { localeSchema } from '@moonlight/contracts';

const url = 'https://app.example.com/page?token=Zm9yLXRlc3Rz_only-0123456789&from=mail';
const to = 'alice@example.com';
const username = 'alice';
const source = {
  at: '2026-11-20T09:05:00.000Z',
  ip: '2001:db8::7',
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

/** One mail of every kind in every language. */
export const sampleMails: readonly Mail[] = localeSchema.options.flatMap((locale): Mail[] => [
  { kind: 'verification-link', to, locale, username, url, expiresInMinutes: 15, registration: source },
  // As the previous release queued it.
  { kind: 'verification-link', to, locale, username, url, expiresInMinutes: 14 },
  { kind: 'verification-code', to, locale, code: '042195', expiresInMinutes: 10 },
  { kind: 'reset-link', to, locale, username, url, expiresInMinutes: 30 },
  { kind: 'reset-code', to, locale, username, code: '042195', expiresInMinutes: 1 },
  { kind: 'password-changed', to, locale, username, at: '2026-11-20T09:05:00.000Z' },
  {
    kind: 'refresh-token-reuse-alert',
    to,
    locale,
    username,
    ...source,
  },
  { kind: 'invitation', to, locale, username, url, expiresInHours: 72 },
  { kind: 'operator-action', to, locale, username, at: '2026-11-20T09:05:00.000Z', action: 'disabled' },
  {
    kind: 'operator-action',
    to,
    locale,
    username,
    at: '2026-11-20T09:05:00.000Z',
    action: 'deletion-planned',
    deletesAt: '2026-11-27T09:05:00.000Z',
  },
  {
    kind: 'security-notices',
    to,
    locale,
    username,
    notices: [
      { kind: 'password-changed', count: 21, lastAt: '2026-11-20T09:05:00.000Z' },
      { kind: 'refresh-token-reuse-alert', count: 1, lastAt: '2026-11-20T09:07:00.000Z' },
    ],
  },
  {
    kind: 'account-exists',
    to,
    locale,
    username,
    loginUrl: 'https://app.example.com/login',
    resetUrl: 'https://app.example.com/forgot-password',
  },
  { kind: 'no-account', to, locale, registerUrl: 'https://app.example.com/register' },
]);

/** Values that a subject must not contain, because subjects appear on lock screens and in logs. */
export const secretsOf = (mail: Mail): string[] => {
  if ('url' in mail) return [mail.url];
  return 'code' in mail ? [mail.code] : [];
};

/** Every URL that a mail must show. */
export const linksOf = (mail: Mail): string[] => {
  switch (mail.kind) {
    case 'verification-link':
    case 'reset-link':
    case 'invitation':
      return [mail.url];
    case 'account-exists':
      return [mail.loginUrl, mail.resetUrl];
    case 'no-account':
      return [mail.registerUrl];
    default:
      return [];
  }
};
