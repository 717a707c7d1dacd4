import { z } from 'zod';
import { whole } from './variable-kinds.ts';

const count = whole(1, 999_999_999);
const countOrZero = whole(0, 999_999_999);

/** Every limit of the service in one table: the variable, its default, and what it limits. */
export const limitVariables = {
  VERIFICATION_CODE_COOLDOWN_SECONDS: countOrZero
    .default(60)
    .describe('Seconds between two mails to one address for one purpose (verify, register, reset). 0 means no wait.'),
  VERIFICATION_CODE_DAILY_LIMIT: count
    .default(10)
    .describe('Mails to one address for one purpose in 24 hours, caused by one IP address.'),
  VERIFICATION_CODE_DAILY_TOTAL: count
    .default(30)
    .describe('Mails to one address for one purpose in 24 hours, caused by all IP addresses together.'),
  VERIFICATION_CODE_MAX_ATTEMPTS: count
    .default(5)
    .describe(
      'Wrong tries of one IP address before a code stops working for it. After 20 in all it stops for everyone.',
    ),
  CODE_FAILURES_PER_IP: count
    .default(50)
    .describe('Wrong codes of one IP address in 15 minutes, for all email addresses and purposes together.'),
  MAILS_PER_IP_PER_HOUR: count.default(100).describe('Mails that one IP address may cause in an hour.'),
  REGISTRATIONS_PER_IP_PER_HOUR: count
    .default(50)
    .describe('Registrations of one IP address in an hour; requests with invalid input do not count.'),
  CHECK_EMAIL_PER_IP_PER_MINUTE: count
    .default(60)
    .describe('Checks of one IP address in a minute whether an email address has an account.'),
  LOGIN_FREE_FAILURES: count
    .default(5)
    .describe('Failed logins of one account from one IP address without a wait. Then the waits double, from 1 second.'),
  LOGIN_LONGEST_WAIT_SECONDS: count.default(900).describe('The longest of these waits, in seconds.'),
  LOGIN_FAILURES_PER_IP: count
    .default(100)
    .describe('Failed logins of one IP address within LOGIN_FAILURE_WINDOW_SECONDS.'),
  LOGIN_FAILURES_BEFORE_CAPTCHA: count
    .default(10)
    .describe('Failed logins of one account from anywhere within that window before a captcha is required.'),
  LOGIN_FAILURE_WINDOW_SECONDS: count.default(900).describe('The window of the two limits above, in seconds.'),
  CODES_BEFORE_CAPTCHA_PER_IP: count
    .default(5)
    .describe(
      'Codes and new verification links that one IP address asks for in 15 minutes before a captcha is required.',
    ),
  CODES_BEFORE_CAPTCHA_PER_ADDRESS: count
    .default(3)
    .describe('Mails to one email address in 24 hours before a code or a new verification link requires a captcha.'),
};

const schema = z.object(limitVariables);

/** The parsed limits under the names that the domain uses. */
export const limitsFrom = (env: z.infer<typeof schema>) => ({
  mailCooldownSeconds: env.VERIFICATION_CODE_COOLDOWN_SECONDS,
  mailsPerDay: env.VERIFICATION_CODE_DAILY_LIMIT,
  mailsPerDayInAll: env.VERIFICATION_CODE_DAILY_TOTAL,
  codeAttempts: env.VERIFICATION_CODE_MAX_ATTEMPTS,
  codeFailuresPerIp: env.CODE_FAILURES_PER_IP,
  mailsPerIpPerHour: env.MAILS_PER_IP_PER_HOUR,
  registrationsPerIpPerHour: env.REGISTRATIONS_PER_IP_PER_HOUR,
  checkEmailPerIpPerMinute: env.CHECK_EMAIL_PER_IP_PER_MINUTE,
  loginFreeFailures: env.LOGIN_FREE_FAILURES,
  loginLongestWaitSeconds: env.LOGIN_LONGEST_WAIT_SECONDS,
  loginFailuresPerIp: env.LOGIN_FAILURES_PER_IP,
  loginFailuresBeforeCaptcha: env.LOGIN_FAILURES_BEFORE_CAPTCHA,
  loginFailureWindowSeconds: env.LOGIN_FAILURE_WINDOW_SECONDS,
  codesBeforeCaptchaPerIp: env.CODES_BEFORE_CAPTCHA_PER_IP,
  codesBeforeCaptchaPerAddress: env.CODES_BEFORE_CAPTCHA_PER_ADDRESS,
});
