import type { Words } from './words/words.ts';

// In this order: Edge and Opera also claim to be Chrome, and everybody claims to be Safari.
const browsers = [
  ['Edg', 'Microsoft Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
  ['curl/', 'curl'],
] as const;

const systems = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const;

const find = (known: readonly (readonly [string, string])[], userAgent: string): string | undefined =>
  known.find(([mark]) => userAgent.includes(mark))?.[1];

/**
 * A user agent in a person's words ("Firefox on Windows"). Whoever stole a key also chose the header, so none of its own
 * text gets into the mail, only names from this list.
 */
export const nameDevice = (userAgent: string | undefined, words: Words): string => {
  const browser = find(browsers, userAgent ?? '');
  const system = find(systems, userAgent ?? '');
  return browser === undefined && system === undefined ? words.unknown : words.device(browser, system);
};
