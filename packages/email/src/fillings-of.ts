import { isIP } from 'node:net';
import type { Mail } from '@moonlight/auth';
import type { Fillings } from './blanks.ts';
import { harmlessName } from './harmless-name.ts';
import { nameDevice } from './name-device.ts';
import type { Words } from './words/words.ts';

const detailsOf = (mail: Mail, words: Words): Fillings => {
  switch (mail.kind) {
    case 'verification-link':
    case 'reset-link':
      return { url: mail.url, lifetime: words.minutes(mail.expiresInMinutes) };
    case 'verification-code':
    case 'reset-code':
      return { code: mail.code, lifetime: words.minutes(mail.expiresInMinutes) };
    case 'password-changed':
      return { time: words.time(mail.at) };
    case 'refresh-token-reuse-alert':
      return {
        time: words.time(mail.at),
        device: nameDevice(mail.userAgent, words),
        address: mail.ip !== undefined && isIP(mail.ip) !== 0 ? mail.ip : words.unknown,
      };
    case 'account-exists':
      return { loginUrl: mail.loginUrl, resetUrl: mail.resetUrl };
    default:
      return { registerUrl: mail.registerUrl };
  }
};

/** What this mail puts into the blanks of its template. */
export const fillingsOf = (mail: Mail, words: Words): Fillings => ({
  greeting: words.greeting(harmlessName(mail.username)),
  ...detailsOf(mail, words),
});
