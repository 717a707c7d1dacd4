import type { RoutesOf } from '../route.ts';

export const accountRoutes: RoutesOf<'account.profile' | 'account.changePassword'> = {
  'account.profile': {
    paths: [['GET', '/profile']],
    message: () => 'ok',
    tag: 'Accounts',
    summary: 'Get the account of the bearer',
    errors: [],
  },
  'account.changePassword': {
    paths: [['POST', '/password/change']],
    message: () => 'passwordChanged',
    tag: 'Accounts',
    summary: 'Change the password',
    description: 'Ends all other sessions of the account.',
    errors: ['PASSWORD_TOO_COMMON', 'REAUTHENTICATION_FAILED', 'RATE_LIMITED'],
  },
};
