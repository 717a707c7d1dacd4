import type { MailKind } from '@moonlight/auth';
import { accountExists } from './account-exists.tsx';
import { noAccount } from './no-account.tsx';
import { passwordChanged } from './password-changed.tsx';
import { resetCode } from './reset-code.tsx';
import { resetLink } from './reset-link.tsx';
import { refreshTokenReuseAlert } from './refresh-token-reuse-alert.tsx';
import type { Template } from './template.ts';
import { verificationCode } from './verification-code.tsx';
import { verificationLink } from './verification-link.tsx';

/** The template of every kind of mail. */
export const templates = {
  'verification-link': verificationLink,
  'verification-code': verificationCode,
  'reset-link': resetLink,
  'reset-code': resetCode,
  'password-changed': passwordChanged,
  'refresh-token-reuse-alert': refreshTokenReuseAlert,
  'account-exists': accountExists,
  'no-account': noAccount,
} satisfies Record<MailKind, Template>;
