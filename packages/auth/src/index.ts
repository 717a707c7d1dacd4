export type { Mail, MailKind, NoticeKind } from '@moonlight/contracts';
export { changePassword } from './account/change-password.ts';
export { AuthError, refusalFrom } from './auth-error.ts';
export { type Captcha, createCaptcha, newChallenge } from './captcha/captcha.ts';
export { askSiteverify } from './captcha/siteverify-captcha.ts';
export { cleanUp } from './clean-up/clean-up.ts';
export { type DatabaseClock, startDatabaseClock } from './clock/database-clock.ts';
export { sendCode } from './codes/send-code.ts';
export { verifyCode } from './codes/verify-code.ts';
export { type Auth, createAuth } from './create-auth.ts';
export {
  type Argon2Cost,
  type HashingPlace,
  type PasswordHasher,
  passwordHasher,
} from './credentials/password-hasher.ts';
export { eraseDueAccounts } from './deletion/erase-accounts.ts';
export type { AuthDeps, AuthSettings, RequestInfo } from './deps.ts';
export { readDevice } from './devices/read-device.ts';
export { inspectVerificationLink, rejectRegistration, verifyEmail } from './email-verification/verify-email.ts';
export { resendVerification } from './email-verification/resend-verification.ts';
export { sendVerification } from './email-verification/send-verification.ts';
export { examineOutbox, type OutboxHealth } from './operators/examine-outbox.ts';
export { inviteAccount, parseAccountNames } from './operators/invite-account.ts';
export { listAudit, type StoredAuditEntry } from './operators/list-audit.ts';
export {
  disableAccount,
  enableAccount,
  endAccountSessions,
  listAccounts,
  type OperatedAccount,
  showAccount,
  type StoredAccount,
} from './operators/manage-accounts.ts';
export { listMails, retryMails, showMail, type StoredMail } from './operators/manage-mails.ts';
export type { Operator } from './operators/operator.ts';
export { deleteAccount, restoreAccount } from './operators/plan-deletion.ts';
export { rotateKeys } from './operators/rotate-keys.ts';
export {
  type DeliveryOutcome,
  MailRefusedError,
  type MailSender,
  type OutgoingMail,
} from './outbox/attempt-delivery.ts';
export type { MailQueue } from './outbox/enqueue-mail.ts';
export { createMailDelivery, type MailDelivery, outboxStatus } from './outbox/mail-delivery.ts';
export { MailServerError } from './outbox/mail-server-breaker.ts';
export { MOST_MAILS_AT_ONCE } from './outbox/sending-slots.ts';
export { sendHeldNotices } from './outbox/send-held-notices.ts';
export { confirmPasswordReset } from './password-reset/confirm-password-reset.ts';
export { sendPasswordReset } from './password-reset/send-password-reset.ts';
export { fallbackLimitsStore } from './rate-limit/fallback-limits-store.ts';
export type { BackoffRule, LimitRule, LimitsStore } from './rate-limit/limits-store.ts';
export { memoryLimitsStore } from './rate-limit/memory-limits-store.ts';
export { postgresLimitsStore } from './rate-limit/postgres-limits-store.ts';
export { checkEmail, register } from './registration/register.ts';
export { checkRestore, type RestoreReport } from './restore/check-restore.ts';
export { rotateSecret, type SecretRotation } from './secrets/rotate-secret.ts';
export { deriveKeys, deriveSecrets } from './secrets/secrets.ts';
export type { Identity } from './sessions/authenticate.ts';
export { login } from './sessions/login.ts';
export { endOtherSessions, endSession, listSessions, logout } from './sessions/manage-sessions.ts';
export { es256KeyRing, hs256KeyRing, type KeyRing } from './signing-keys/key-ring.ts';
export { type KeyState, listKeys } from './signing-keys/list-keys.ts';
export { rotateSigningKeys } from './signing-keys/rotate-signing-keys.ts';
export {
  type Clock,
  type LocalTime,
  localTime,
  type Log,
  newId,
  type Random,
  secondsAfter,
  systemClock,
  systemRandom,
} from './system.ts';
export { verifiedTokens } from './tokens/access-token.ts';
