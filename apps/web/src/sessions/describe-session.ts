import * as Bowser from 'bowser';
import type { Locale } from '../i18n/dictionaries.ts';
import type { Dictionary } from '../i18n/en.ts';

// Names shorter than Bowser's own ones.
const SHORT_NAMES: Readonly<Record<string, string>> = {
  'Microsoft Edge': 'Edge',
  'Samsung Internet for Android': 'Samsung Internet',
};
const LONGEST_NAME = 40;

/**
 * Names the device of a session by its User-Agent: `Firefox on Windows`, or the first word of a program's one, such as
 * `curl/8.5.0`. The client sends the User-Agent, so the name is no proof.
 */
export const describeDevice = (userAgent: string | null, t: Dictionary): string => {
  const [firstWord = ''] = (userAgent ?? '').trim().split(/\s/, 1);
  if (userAgent === null || firstWord === '') return t.sessions.unknownDevice;
  const { browser, os, platform } = Bowser.parse(userAgent);
  const browserName = SHORT_NAMES[browser.name ?? ''] ?? browser.name ?? '';
  // "iPhone" and "iPad" say more than "iOS".
  const systemName = (platform.vendor === 'Apple' ? platform.model : undefined) ?? os.name ?? '';
  if (browserName !== '' && systemName !== '') return t.sessions.browserOn(browserName, systemName);
  return browserName || systemName || firstWord.slice(0, LONGEST_NAME);
};

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** How long ago a time was: `5 minutes ago`, `yesterday`; `now` within a minute. */
export const timeAgo = (time: string, locale: Locale): string => {
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? ['second', Infinity];
  return format.format(-Math.floor(seconds / length), unit);
};
