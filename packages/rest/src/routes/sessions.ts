import { CAPTCHA_ERRORS, type RoutesOf } from '../route.ts';

type SessionPath = 'auth.login' | 'auth.refresh' | 'auth.logout';

export const sessionRoutes: RoutesOf<SessionPath | `sessions.${'restore' | 'list' | 'revoke' | 'revokeOthers'}`> = {
  'auth.login': {
    paths: [['POST', '/login']],
    message: () => 'loggedIn',
    topLevelFields: ({ tokens }) => ({ token: tokens.accessToken }),
    tag: 'Sessions',
    summary: 'Log in',
    description:
      'Opens a session. The access token is also the top-level field `token`. After many failed logins for an email address, a `captcha` is required.',
    errors: [
      ...CAPTCHA_ERRORS,
      'INVALID_CREDENTIALS',
      'ACCOUNT_DISABLED',
      'ACCOUNT_DELETION_PENDING',
      'EMAIL_NOT_VERIFIED',
      'RATE_LIMITED',
    ],
  },
  'auth.refresh': {
    paths: [
      ['POST', '/refresh'],
      ['POST', '/token/refresh'],
    ],
    message: () => 'refreshed',
    tag: 'Sessions',
    summary: 'Refresh the tokens of a session',
    description:
      'Returns a new access token and a new refresh token, which replaces the one that was sent. Sending the replaced token again within a few seconds returns the same new refresh token. Later it counts as stolen and ends the session.',
    errors: ['REFRESH_TOKEN_INVALID', 'REFRESH_TOKEN_EXPIRED', 'REFRESH_TOKEN_REUSED', 'ACCOUNT_DISABLED'],
  },
  'auth.logout': {
    paths: [['POST', '/logout']],
    message: () => 'loggedOut',
    tag: 'Sessions',
    summary: 'Log out of this session',
    description:
      'Ends the session of the bearer token or, without one, the session of the refresh token. The session’s access and refresh tokens are invalid as soon as the answer is sent. The body may be empty.',
    bodies: { 'with a bearer': [], 'with a refresh token': ['refreshToken'] },
    errors: ['REFRESH_TOKEN_INVALID', 'REFRESH_TOKEN_EXPIRED'],
  },
  'sessions.restore': { reason: 'it restores the session of a cookie, and the REST API uses none' },
  'sessions.list': {
    paths: [['GET', '/sessions']],
    message: () => 'ok',
    example: (sessions) => sessions.map((session) => ({ ...session, expiresAt: '2026-11-27T12:00:00.000Z' })),
    tag: 'Sessions',
    summary: 'List the sessions of the account',
    errors: [],
  },
  'sessions.revoke': {
    paths: [['DELETE', '/sessions/{id}']],
    message: () => 'sessionEnded',
    tag: 'Sessions',
    summary: 'End one session',
    errors: ['SESSION_NOT_FOUND'],
  },
  'sessions.revokeOthers': {
    paths: [['DELETE', '/sessions']],
    message: () => 'ok',
    tag: 'Sessions',
    summary: 'End all other sessions',
    errors: [],
  },
};
