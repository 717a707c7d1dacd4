const takeToken = (): string | undefined => {
  const url = new URL(location.href);
  const token = url.searchParams.get('token');
  if (token === null) return undefined;
  url.searchParams.delete('token');
  history.replaceState(history.state, '', url);
  return token === '' ? undefined : token;
};

/**
 * What a mailed link carried. It is taken out of the address bar as this module loads, before anything is shown or
 * requested, so that it ends up in no history, no bookmark, no referrer and on no screen that is shared. It lives in
 * memory alone: a reload asks for the mail again.
 */
export const linkToken = takeToken();
