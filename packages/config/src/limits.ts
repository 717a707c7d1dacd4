import { z } from 'zod';

const atLeast = (minimum: number) => (standard: number) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum))
    .default(standard);

const count = atLeast(1);
const countOrNone = atLeast(0);

/**
 * Every limit of the service in one table: the variable, its standard value, and what it bounds.
 * Windows are part of a variable's name or stand beside it; times are seconds unless the name says otherwise.
 */
export const limitVariables = {
  // Mails to one address for one purpose (verify, register, reset): one per cooldown, so many in 24 hours.
  VERIFICATION_CODE_COOLDOWN_SECONDS: countOrNone(60),
  VERIFICATION_CODE_DAILY_LIMIT: count(10),
  // Wrong tries that kill a code.
  VERIFICATION_CODE_MAX_ATTEMPTS: count(5),
  // Mails one IP address may cause.
  MAILS_PER_IP_PER_HOUR: count(100),
  // Registrations of one IP address that passed the check of their shape.
  REGISTRATIONS_PER_IP_PER_HOUR: count(50),
  CHECK_EMAIL_PER_IP_PER_MINUTE: count(60),
  // Failed logins of one address from one IP address: so many are free, then waits double from 1 s up to the longest.
  LOGIN_FREE_FAILURES: count(5),
  LOGIN_LONGEST_WAIT_SECONDS: count(900),
  // Failed logins of one IP address, and of one address from anywhere before a captcha is asked for, in one window.
  LOGIN_FAILURES_PER_IP: count(100),
  LOGIN_FAILURES_BEFORE_CAPTCHA: count(10),
  LOGIN_FAILURE_WINDOW_SECONDS: count(900),
  // Codes that are sent without a captcha: per IP address in 15 minutes, per address in 24 hours.
  CODES_BEFORE_CAPTCHA_PER_IP: count(5),
  CODES_BEFORE_CAPTCHA_PER_ADDRESS: count(3),
};

const schema = z.object(limitVariables);

/** Names the parsed variables by what they mean to the domain; the names say what each one bounds. */
export const limitsFrom = (env: z.infer<typeof schema>) => ({
  mailCooldownSeconds: env.VERIFICATION_CODE_COOLDOWN_SECONDS,
  mailsPerDay: env.VERIFICATION_CODE_DAILY_LIMIT,
  codeAttempts: env.VERIFICATION_CODE_MAX_ATTEMPTS,
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
