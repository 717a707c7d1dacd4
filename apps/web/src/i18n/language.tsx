import { createContext, type ReactNode, use, useLayoutEffect, useMemo, useState } from 'react';
import { preferences } from '../preferences.ts';
import { dictionaries, initialLocale, type Locale } from './dictionaries.ts';
import type { Dictionary } from './en.ts';

interface Language {
  readonly locale: Locale;
  /** The sentences of the language. */
  readonly t: Dictionary;
  readonly choose: (locale: Locale) => void;
}

const LanguageContext = createContext<Language | undefined>(undefined);

interface Props {
  /** Called with the first language before the children are shown, and with each new one. */
  readonly onChange: (locale: Locale) => void;
  readonly children: ReactNode;
}

/** Sets the language of the pages and of the document. */
export const LanguageProvider = ({ onChange, children }: Props) => {
  const [locale, setLocale] = useState(initialLocale);
  useLayoutEffect(() => {
    document.documentElement.lang = locale;
    onChange(locale);
  }, [locale, onChange]);
  const language = useMemo(
    () => ({
      locale,
      t: dictionaries[locale],
      choose: (next: Locale) => {
        preferences.write('locale', next);
        setLocale(next);
      },
    }),
    [locale],
  );
  return <LanguageContext value={language}>{children}</LanguageContext>;
};

/** The language of the pages. */
export const useLanguage = (): Language => {
  const language = use(LanguageContext);
  if (language === undefined) throw new Error('useLanguage is used outside of LanguageProvider');
  return language;
};
