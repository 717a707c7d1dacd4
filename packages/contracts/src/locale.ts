import { z } from 'zod';

/** The languages of answers and mails. */
export const localeSchema = z.enum(['en', 'zh-CN']);
export type Locale = z.infer<typeof localeSchema>;

/** One sentence in every language; a missing language does not compile. */
export type Localized = Readonly<Record<Locale, string>>;

const supported = (tag: string): Locale | undefined => {
  if (tag === 'zh' || tag.startsWith('zh-')) return 'zh-CN';
  if (tag === 'en' || tag.startsWith('en-') || tag === '*') return 'en';
  return undefined;
};

/**
 * The language for an `Accept-Language` header (RFC 9110, 12.5.4): the supported one with the highest weight, the first
 * of several with the same weight (`fr, zh-CN` is Chinese), and English when none is supported. Only the first 512
 * characters are read.
 */
export const pickLocale = (acceptLanguage: string | undefined): Locale => {
  let best: { locale: Locale; weight: number } | undefined;
  for (const part of (acceptLanguage ?? '').slice(0, 512).split(',')) {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const locale = supported(range);
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    if (locale !== undefined && weight > (best?.weight ?? 0)) best = { locale, weight };
  }
  return best?.locale ?? 'en';
};
