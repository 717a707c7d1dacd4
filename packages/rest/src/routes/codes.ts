import { CAPTCHA_ERRORS, CODE_ERRORS, type RoutesOf } from '../route.ts';

export const codeRoutes: RoutesOf<'auth.sendCode' | 'auth.verifyCode'> = {
  'auth.sendCode': {
    paths: [['POST', '/send-code']],
    message: () => 'codeSent',
    example: (output) => ({ ...output, expiresIn: 600 }),
    tag: 'Email',
    summary: 'Send a 6-digit code by email',
    description:
      'For registration or for a password reset. Only the newest code for an email address and purpose is valid. EMAIL_TAKEN is answered only for accounts whose email address is verified.',
    errors: [...CAPTCHA_ERRORS, 'EMAIL_TAKEN', 'EMAIL_NOT_REGISTERED', 'RATE_LIMITED'],
  },
  'auth.verifyCode': {
    paths: [['POST', '/verify-code']],
    message: () => 'codeValid',
    tag: 'Email',
    summary: 'Check a code without consuming it',
    description:
      'Wrong codes are counted. After five wrong codes of an IP address, every further attempt of it is refused; after 20 in all, everyone is. The answers do not tell whether a code was sent.',
    errors: CODE_ERRORS,
  },
};
