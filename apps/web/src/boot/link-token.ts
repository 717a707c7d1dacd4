import type { Path } from '../routing/paths.ts';

const takeToken = (): string | undefined => {
  const url = new URL(location.href);
  const token = url.searchParams.get('token');
  if (token === null) return undefined;
  url.searchParams.delete('token');
  history.replaceState(history.state, '', url);
  return token === '' ? undefined : token;
};

// As this module loads, before anything is shown or requested: so it ends up in no history, no bookmark, no referrer and on
// no screen that is shared. It lives in memory alone: a reload asks for the mail again.
let token = takeToken();
const arrivedAt = location.pathname.replace(/(?<=.)\/+$/, '');

/** What the mailed link carried that led to this very page; undefined elsewhere, and once it is forgotten. */
export const linkTokenFor = (path: Path): string | undefined => (arrivedAt === path ? token : undefined);

/** It has done what it could. */
export const forgetLinkToken = (): void => {
  token = undefined;
};
