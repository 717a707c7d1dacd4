import { z } from 'zod';

/** The languages of answers and mails. */
export const localeSchema = z.enum(['en', 'zh-CN']);
export type Locale = z.infer<typeof localeSchema>;

/** One sentence in every language; a missing language does not compile. */
export type Localized = Readonly<Record<Locale, string>>;
