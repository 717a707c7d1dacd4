const rules: Readonly<Record<string, Intl.PluralRules>> = { en: new Intl.PluralRules('en') };

/** `count` with the form of the word that goes with it: `1 second`, `2 seconds`. */
export const pluralize = (language: 'en', count: number, forms: { one: string; other: string }): string =>
  `${count} ${rules[language]?.select(count) === 'one' ? forms.one : forms.other}`;
