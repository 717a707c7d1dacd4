import type { Dictionary } from '../i18n/en.ts';

// The order counts: browsers name those they descend from, and Android names Linux.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bMicroMessenger\//, 'WeChat'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

const nameIn = (text: string, names: typeof BROWSERS): string | undefined =>
  names.find(([pattern]) => pattern.test(text))?.[1];

/** A user agent in a person's words; of programs the first word, `curl/8.5.0` for example. It is a claim, and no proof. */
export const describeDevice = (userAgent: string | null, t: Dictionary): string => {
  if (userAgent === null || userAgent.trim() === '') return t.sessions.unknownDevice;
  const browser = nameIn(userAgent, BROWSERS);
  const system = nameIn(userAgent, SYSTEMS);
  if (browser !== undefined && system !== undefined) return t.sessions.browserOn(browser, system);
  return browser ?? system ?? userAgent.trim().split(/\s/, 1)[0]?.slice(0, 40) ?? t.sessions.unknownDevice;
};
