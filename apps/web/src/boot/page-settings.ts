const metaContent = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

const isWebUrl = (value: string): boolean => /^https?:$/.test(URL.parse(value)?.protocol ?? '');

const apiUrl = metaContent('moonlight-api');
const appName = metaContent('application-name');

/**
 * What the server of this page wrote into it, so that one build works at any address. A file nobody wrote into talks to
 * the origin it was loaded from.
 */
export const pageSettings = {
  apiUrl: isWebUrl(apiUrl) ? apiUrl : location.origin,
  appName: appName === '__APP_NAME__' ? 'Moonlight' : appName,
};
