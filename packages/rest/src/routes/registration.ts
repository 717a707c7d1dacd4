import { CODE_ERRORS, type RoutesOf } from '../route.ts';

export const registrationRoutes: RoutesOf<'auth.register' | 'auth.checkEmail'> = {
  'auth.register': {
    paths: [['POST', '/register']],
    status: 201,
    message: ({ tokens }) => (tokens === null ? 'registeredLinkSent' : 'registered'),
    // Only a code has verified the email address by then.
    example: ({ user, tokens }) =>
      tokens === null ? { user: { ...user, isEmailVerified: false, emailVerifiedAt: null }, tokens } : { user, tokens },
    tag: 'Accounts',
    summary: 'Register an account',
    description:
      'Without `code`, a verification link is sent by email and `tokens` is null. With the code that `POST /send-code` sent, the email address counts as verified and the answer contains tokens; an account with this email address that was never verified is removed.',
    bodies: { 'for a link': [], 'with a code': ['code'] },
    errors: ['PASSWORD_TOO_COMMON', ...CODE_ERRORS, 'EMAIL_TAKEN', 'USERNAME_TAKEN'],
  },
  'auth.checkEmail': {
    paths: [['POST', '/check-email']],
    message: () => 'ok',
    tag: 'Accounts',
    summary: 'Check whether an email address is registered',
    description: 'Answers NOT_FOUND if the service does not disclose this (`ACCOUNT_PRIVACY=strict`).',
    errors: ['NOT_FOUND', 'RATE_LIMITED'],
  },
};
