import { LOCALES } from './stage.ts';

const picture = (name: string, look: string): string =>
  `<a href="${name}-${look}.png"><img loading="lazy" src="${name}-${look}.png" alt="${name}, ${look}"></a>`;

/** A page that shows all pictures of the gallery side by side. */
export const contactSheet = (names: readonly string[]): string => {
  const looks = LOCALES.flatMap((locale) =>
    ['light', 'dark'].flatMap((theme) => ['desktop', 'phone'].map((size) => `${locale}-${theme}-${size}`)),
  );
  const rows = names.map((name) => `<h2>${name}</h2><div>${looks.map((look) => picture(name, look)).join('')}</div>`);
  return `<!doctype html><meta charset="utf-8"><title>Every page</title>
<style>body{font:1rem system-ui;margin:2rem}div{display:flex;gap:.5rem;overflow-x:auto}img{height:22rem;border:1px solid #8888}</style>
${rows.join('\n')}`;
};
