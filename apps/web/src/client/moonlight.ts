import { createMoonlightClient } from '@moonlight/client';
import type { Locale } from '../i18n/dictionaries.ts';

const metaContent = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

const isWebUrl = (value: string): boolean => /^https?:$/.test(URL.parse(value)?.protocol ?? '');

const apiUrl = metaContent('moonlight-api');
const appName = metaContent('application-name');

/** The name of the app, as the web server wrote it into the page. */
export const APP_NAME = appName === '__APP_NAME__' ? 'Moonlight' : appName;

let language: Locale = 'en';

/** Sets the language of the API's messages. */
export const setServiceLanguage = (locale: Locale): void => {
  language = locale;
};

/**
 * The API. The web server writes its address into the page, so that one build works at any address; without it the API is
 * expected at the origin of the page. The refresh token is an HttpOnly cookie, which no script of the page can read.
 */
export const moonlight = createMoonlightClient({
  url: isWebUrl(apiUrl) ? apiUrl : location.origin,
  session: 'cookie',
  locale: () => language,
});
