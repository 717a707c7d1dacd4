import { remembered } from '../boot/remembered.ts';

/** The languages of the pages; the service speaks the same. */
export type Locale = 'en' | 'zh-CN';

const isLocale = (value: string | null): value is Locale => value === 'en' || value === 'zh-CN';

const preferred = (): Locale => {
  for (const language of navigator.languages) {
    const tag = language.toLowerCase();
    if (tag === 'zh' || tag.startsWith('zh-')) return 'zh-CN';
    if (tag === 'en' || tag.startsWith('en-')) return 'en';
  }
  return 'en';
};

/** What was chosen on this device before, else the first of the browser's languages that we speak, else English. */
export const firstLocale = (): Locale => {
  const stored = remembered.read('locale');
  return isLocale(stored) ? stored : preferred();
};
