/** The path of every page. Mails and the service's own pages link to some of them, so they must not change. */
export const paths = {
  home: '/',
  register: '/register',
  login: '/login',
  checkEmail: '/check-mail',
  verifyEmail: '/verify-email',
  forgotPassword: '/forgot-password',
  resetPassword: '/reset-password',
  account: '/account',
  sessions: '/sessions',
  changePassword: '/change-password',
} as const;

export type Path = (typeof paths)[keyof typeof paths];

/** The page at a path, with or without a trailing slash; undefined if there is none. */
export const pageAt = (pathname: string | null): Path | undefined => {
  const path = pathname?.replace(/(?<=.)\/+$/, '');
  return Object.values(paths).find((known) => known === path);
};
