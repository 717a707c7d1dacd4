import { createMoonlightClient } from '@moonlight/client';
import { pageSettings } from '../boot/page-settings.ts';
import type { Locale } from '../i18n/locale.ts';

let language: Locale = 'en';

/** The language the service answers in from now on. */
export const speak = (locale: Locale): void => {
  language = locale;
};

/** The service. Its refresh token is an HttpOnly cookie, which no script of this page can read. */
export const moonlight = createMoonlightClient({
  url: pageSettings.apiUrl,
  session: 'cookie',
  locale: () => language,
});
