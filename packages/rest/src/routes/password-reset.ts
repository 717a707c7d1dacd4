import { CAPTCHA_ERRORS, CODE_ERRORS, type RoutesOf } from '../route.ts';

export const passwordResetRoutes: RoutesOf<'passwordReset.send' | 'passwordReset.confirm'> = {
  'passwordReset.send': {
    paths: [['POST', '/password/reset/send']],
    message: () => 'resetSent',
    example: (output) => ({ ...output, expiresIn: 1800 }),
    tag: 'Password reset',
    summary: 'Send a password reset link by email',
    description: 'Always requires a solved `captcha`, unless the service has no captcha provider.',
    bodies: { 'with a captcha': ['captcha'] },
    errors: [...CAPTCHA_ERRORS, 'EMAIL_NOT_REGISTERED', 'RATE_LIMITED'],
  },
  'passwordReset.confirm': {
    paths: [
      ['POST', '/password/reset'],
      ['POST', '/reset-password'],
    ],
    message: () => 'passwordReset',
    tag: 'Password reset',
    summary: 'Set a new password',
    description:
      'Takes either the `token` of a reset link, or `email` and `code`. The email address counts as verified, and all sessions of the account end.',
    bodies: { 'by link': ['token'], 'by code': ['email', 'code'] },
    errors: ['PASSWORD_TOO_COMMON', 'LINK_INVALID', 'LINK_EXPIRED', 'LINK_USED', ...CODE_ERRORS],
  },
};
