/** Every page by its address. Mails link to some of these: they stay. */
export const paths = {
  home: '/',
  register: '/register',
  login: '/login',
  checkMail: '/check-mail',
  verifyEmail: '/verify-email',
  forgotPassword: '/forgot-password',
  resetPassword: '/reset-password',
  account: '/account',
  sessions: '/sessions',
  changePassword: '/change-password',
} as const;

export type Path = (typeof paths)[keyof typeof paths];

/** Which page an address shows; undefined for none of ours. A trailing slash does not matter. */
export const pageAt = (pathname: string | null): Path | undefined => {
  const path = pathname?.replace(/(?<=.)\/+$/, '');
  return Object.values(paths).find((known) => known === path);
};
