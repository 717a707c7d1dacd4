import type { NoRoute, Route, RouteTable } from './route.ts';
import type { ProcedurePath } from '@moonlight/trpc';

const MAIL_ERRORS = ['RATE_LIMITED'] as const;
const CODE_ERRORS = ['CODE_INVALID', 'CODE_EXPIRED', 'CODE_ATTEMPTS_EXCEEDED'] as const;
const CAPTCHA_ERRORS = ['CAPTCHA_REQUIRED', 'CAPTCHA_INVALID'] as const;

/** The REST door, whole: every procedure and where it answers, below each of the prefixes. */
const routes: RouteTable = {
  'auth.register': {
    doors: [['POST', '/register']],
    status: 201,
    message: ({ tokens }) => (tokens === null ? 'registeredLinkSent' : 'registered'),
    tag: 'Accounts',
    summary: 'Register an account',
    description:
      'Without `code` a verification link is mailed and `tokens` is null. With the code that `POST /send-code` mailed, the address counts as verified and the answer holds tokens.',
    bodies: { 'for a link': [], 'with a code': ['code'] },
    errors: ['PASSWORD_TOO_COMMON', ...CODE_ERRORS, 'EMAIL_TAKEN', 'USERNAME_TAKEN', 'RATE_LIMITED', 'OVERLOADED'],
  },
  'auth.login': {
    doors: [['POST', '/login']],
    message: () => 'loggedIn',
    beside: ({ tokens }) => ({ token: tokens.accessToken }),
    tag: 'Sessions',
    summary: 'Log in',
    description:
      'Opens a session. The access token is also the top-level `token`. After many failures on an address a `captcha` is asked for.',
    errors: [
      ...CAPTCHA_ERRORS,
      'INVALID_CREDENTIALS',
      'ACCOUNT_DISABLED',
      'EMAIL_NOT_VERIFIED',
      'RATE_LIMITED',
      'OVERLOADED',
    ],
  },
  'auth.refresh': {
    doors: [
      ['POST', '/refresh'],
      ['POST', '/token/refresh'],
    ],
    message: () => 'refreshed',
    tag: 'Sessions',
    summary: 'Renew the tokens of a session',
    description:
      'Both tokens are new, and the refresh token that was sent is superseded. Sending it again within a few seconds gives the same successor; later it counts as stolen and ends the session.',
    errors: ['REFRESH_TOKEN_INVALID', 'REFRESH_TOKEN_EXPIRED', 'REFRESH_TOKEN_REUSED', 'ACCOUNT_DISABLED'],
  },
  'auth.logout': {
    doors: [['POST', '/logout']],
    message: () => 'loggedOut',
    tag: 'Sessions',
    summary: 'End this session',
    description:
      'The session of the bearer ends; without a bearer, that of the refresh token. Its access and refresh tokens are dead when the answer leaves. The body may be empty.',
    bodies: { 'with a bearer': [], 'with a refresh token': ['refreshToken'] },
    errors: ['REFRESH_TOKEN_INVALID', 'REFRESH_TOKEN_EXPIRED'],
  },
  'auth.checkEmail': {
    doors: [['POST', '/check-email']],
    message: () => 'ok',
    tag: 'Accounts',
    summary: 'Ask whether an address is registered',
    description: 'Answers NOT_FOUND where the service keeps that to itself (ACCOUNT_PRIVACY=strict).',
    errors: ['NOT_FOUND', 'RATE_LIMITED'],
  },
  'auth.sendCode': {
    doors: [['POST', '/send-code']],
    message: () => 'codeSent',
    tag: 'E-mail',
    summary: 'Mail a code of six digits',
    description: 'For registering or for a new password. Only the newest code of an address and purpose counts.',
    errors: [...CAPTCHA_ERRORS, 'EMAIL_TAKEN', 'EMAIL_NOT_REGISTERED', ...MAIL_ERRORS],
  },
  'auth.verifyCode': {
    doors: [['POST', '/verify-code']],
    message: () => 'codeValid',
    tag: 'E-mail',
    summary: 'Check a code without using it up',
    description: 'Wrong tries count; the sixth try after five wrong ones is refused whatever it says.',
    errors: CODE_ERRORS,
  },
  'emailVerification.send': {
    doors: [['POST', '/email/verify/send']],
    message: () => 'verificationSent',
    tag: 'E-mail',
    summary: 'Mail a new verification link',
    description: 'The links that were mailed before become invalid.',
    errors: ['EMAIL_ALREADY_VERIFIED', ...MAIL_ERRORS],
  },
  'emailVerification.confirm': {
    doors: [
      ['GET', '/email/verify/{token}'],
      ['POST', '/email/verify/{token}'],
      ['GET', '/verify/{token}'],
      ['POST', '/verify/{token}'],
    ],
    message: ({ status }) => (status === 'verified' ? 'verified' : 'alreadyVerified'),
    page: true,
    tag: 'E-mail',
    summary: 'Verify the address a mailed link belongs to',
    description:
      'Programs get JSON, and the address is verified. Where `Accept` prefers `text/html` the answer is a page: GET looks at the link without spending it and shows one button, which POSTs. The same link again is `already_verified`.',
    errors: ['LINK_INVALID', 'LINK_EXPIRED'],
  },
  'passwordReset.send': {
    doors: [['POST', '/password/reset/send']],
    message: () => 'resetSent',
    tag: 'Password reset',
    summary: 'Mail a link for a new password',
    description: 'Always wants a solved `captcha`, unless the service runs without one.',
    bodies: { 'with a captcha': ['captcha'] },
    errors: [...CAPTCHA_ERRORS, 'EMAIL_NOT_REGISTERED', ...MAIL_ERRORS],
  },
  'passwordReset.confirm': {
    doors: [
      ['POST', '/password/reset'],
      ['POST', '/reset-password'],
    ],
    message: () => 'passwordReset',
    tag: 'Password reset',
    summary: 'Set a new password',
    description:
      'Takes the `token` of a mailed link, or `email` and `code`, and nothing of both. The address counts as verified, and every session of the account ends.',
    bodies: { 'by link': ['token'], 'by code': ['email', 'code'] },
    errors: ['PASSWORD_TOO_COMMON', 'LINK_INVALID', 'LINK_EXPIRED', 'LINK_USED', ...CODE_ERRORS, 'OVERLOADED'],
  },
  'account.profile': {
    doors: [['GET', '/profile']],
    message: () => 'ok',
    tag: 'Accounts',
    summary: 'The account of the bearer',
    errors: [],
  },
  'account.changePassword': {
    doors: [['POST', '/password/change']],
    message: () => 'passwordChanged',
    tag: 'Accounts',
    summary: 'Change the password',
    description: 'The other sessions of the account end.',
    errors: ['PASSWORD_TOO_COMMON', 'REAUTHENTICATION_FAILED', 'RATE_LIMITED', 'OVERLOADED'],
  },
  'sessions.list': {
    doors: [['GET', '/sessions']],
    message: () => 'ok',
    tag: 'Sessions',
    summary: 'List the places where the account is logged in',
    errors: [],
  },
  'sessions.revoke': {
    doors: [['DELETE', '/sessions/{id}']],
    message: () => 'sessionEnded',
    tag: 'Sessions',
    summary: 'End one session',
    errors: ['SESSION_NOT_FOUND'],
  },
  'sessions.revokeOthers': {
    doors: [['DELETE', '/sessions']],
    message: () => 'ok',
    tag: 'Sessions',
    summary: 'End every session but this one',
    errors: [],
  },
  'captcha.challenge': {
    doors: [['GET', '/captcha/challenge']],
    message: () => 'ok',
    envelope: false,
    tag: 'Captcha',
    summary: 'A fresh captcha challenge',
    description: 'As the ALTCHA widget wants it, without envelope. NOT_FOUND for providers that hand out their own.',
    errors: ['NOT_FOUND'],
  },
};

const isOffered = (route: Route | NoRoute): route is Route => 'doors' in route;
const isProcedurePath = (path: string): path is ProcedurePath => Object.hasOwn(routes, path);

/** The procedures that REST offers, in the order of the table. */
export const offeredRoutes: readonly { readonly path: ProcedurePath; readonly route: Route }[] = Object.entries(
  routes,
).flatMap(([path, route]) => (isProcedurePath(path) && isOffered(route) ? [{ path, route }] : []));
