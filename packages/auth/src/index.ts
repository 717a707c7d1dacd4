export { changePassword } from './account/change-password.ts';
export { AuthError } from './auth-error.ts';
export type { Captcha } from './captcha/captcha.ts';
export { createCaptcha } from './captcha/create-captcha.ts';
export { newChallenge } from './captcha/new-challenge.ts';
export { type Clock, secondsAfter, systemClock } from './clock.ts';
export { sendCode } from './codes/send-code.ts';
export { verifyCode } from './codes/verify-code.ts';
export { type Auth, createAuth } from './create-auth.ts';
export { type Argon2Cost, type PasswordHasher, passwordHasher } from './credentials/password-hasher.ts';
export type { AuthDeps } from './deps.ts';
export { cleanUp } from './housekeeping/clean-up.ts';
export type { Log } from './log.ts';
export { type DeliveryOutcome, deliverMail } from './outbox/deliver-mail.ts';
export {
  type Mail,
  type MailKind,
  type MailQueue,
  MailRefusedError,
  type MailSender,
  type OutgoingMail,
} from './outbox/mail.ts';
export { outboxStatus } from './outbox/outbox-store.ts';
export { relayOutbox } from './outbox/relay-outbox.ts';
export { confirmPasswordReset } from './password-reset/confirm-password-reset.ts';
export { sendPasswordReset } from './password-reset/send-password-reset.ts';
export { newId, type Random, systemRandom } from './random.ts';
export { fallbackLimitsStore } from './rate-limit/fallback-limits-store.ts';
export type { BackoffRule, LimitRule, LimitsStore } from './rate-limit/limits-store.ts';
export { memoryLimitsStore } from './rate-limit/memory-limits-store.ts';
export { postgresLimitsStore } from './rate-limit/postgres-limits-store.ts';
export { checkEmail } from './registration/check-email.ts';
export { register } from './registration/register.ts';
export type { RequestInfo } from './request-info.ts';
export { deriveKey } from './secrets/derive-key.ts';
export type { Identity } from './sessions/authenticate.ts';
export { login } from './sessions/login.ts';
export { logout } from './sessions/logout.ts';
export { endOtherSessions, endSession, listSessions } from './sessions/manage-sessions.ts';
export type { AuthSettings } from './settings.ts';
export { es256KeyRing } from './signing-keys/es256-key-ring.ts';
export { hs256KeyRing } from './signing-keys/hs256-key-ring.ts';
export { rotateSigningKeys } from './signing-keys/rotate-signing-keys.ts';
export type { KeyRing } from './tokens/access-token.ts';
export { verifiedTokens } from './tokens/verified-tokens.ts';
export { confirmEmail, inspectVerificationLink } from './email-verification/confirm-email.ts';
export { sendVerification } from './email-verification/send-verification.ts';
