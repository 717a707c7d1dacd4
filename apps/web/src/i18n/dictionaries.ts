import { preferences } from '../preferences.ts';
import { type Dictionary, en } from './en.ts';
import { zhCN } from './zh-cn.ts';

/** The languages of the pages; the API has the same. */
export type Locale = 'en' | 'zh-CN';

/** The sentences of the pages by language. */
export const dictionaries: Readonly<Record<Locale, Dictionary>> = { en, 'zh-CN': zhCN };

const isLocale = (value: string | null): value is Locale => value === 'en' || value === 'zh-CN';

const browserLocale = (): Locale => {
  for (const language of navigator.languages) {
    const tag = language.toLowerCase();
    if (tag === 'zh' || tag.startsWith('zh-')) return 'zh-CN';
    if (tag === 'en' || tag.startsWith('en-')) return 'en';
  }
  return 'en';
};

/** The language chosen on this device; otherwise the first supported one of the browser's languages; otherwise English. */
export const initialLocale = (): Locale => {
  const stored = preferences.read('locale');
  return isLocale(stored) ? stored : browserLocale();
};
