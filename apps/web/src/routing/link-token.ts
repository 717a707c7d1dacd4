import type { Path } from './paths.ts';

const takeToken = (): string | undefined => {
  const url = new URL(location.href);
  const token = url.searchParams.get('token');
  if (token === null) return undefined;
  url.searchParams.delete('token');
  history.replaceState(history.state, '', url);
  return token === '' ? undefined : token;
};

// This runs when the module loads, before anything is shown or requested. So the token is in no history, bookmark, referrer
// or screenshot. It is kept in memory only: after a reload the user has to open the link in the mail again.
let token = takeToken();
const arrivedAt = location.pathname.replace(/(?<=.)\/+$/, '');

/** The token of the mailed link that opened this page; undefined on other pages, and after `forgetLinkToken`. */
export const linkTokenFor = (path: Path): string | undefined => (arrivedAt === path ? token : undefined);

/** Drops the token once it is used or refused. */
export const forgetLinkToken = (): void => {
  token = undefined;
};
