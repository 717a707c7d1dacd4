import { createContext, type ReactNode, use, useLayoutEffect, useMemo, useState } from 'react';
import { remembered } from '../boot/remembered.ts';
import { dictionaries } from './dictionaries.ts';
import type { Dictionary } from './en.ts';
import { firstLocale, type Locale } from './locale.ts';

interface Language {
  readonly locale: Locale;
  readonly t: Dictionary;
  readonly choose: (locale: Locale) => void;
}

const LanguageContext = createContext<Language | undefined>(undefined);

interface Props {
  /** Told whenever the language changes, and at first, before anything below is shown. */
  readonly onChange: (locale: Locale) => void;
  readonly children: ReactNode;
}

/** Gives the pages their language, and tells the document. */
export const LanguageProvider = ({ onChange, children }: Props) => {
  const [locale, setLocale] = useState(firstLocale);
  useLayoutEffect(() => {
    document.documentElement.lang = locale;
    onChange(locale);
  }, [locale, onChange]);
  const language = useMemo(
    () => ({
      locale,
      t: dictionaries[locale],
      choose: (next: Locale) => {
        remembered.write('locale', next);
        setLocale(next);
      },
    }),
    [locale],
  );
  return <LanguageContext value={language}>{children}</LanguageContext>;
};

/** The language of the pages: `t` holds its sentences. */
export const useLanguage = (): Language => {
  const language = use(LanguageContext);
  if (language === undefined) throw new Error('useLanguage is used outside of LanguageProvider');
  return language;
};
