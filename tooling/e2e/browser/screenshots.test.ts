import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { paths } from '@moonlight/web/paths';
import type { AxeResults, RunOptions } from 'axe-core';
import { beforeAll, expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { type PageState, pageStates } from './page-states.ts';
import { LOCALES, openVisitor, type Visitor } from './visitor.ts';

const FOLDER = join(import.meta.dirname, '..', 'screenshots');
const SIZES = { phone: { width: 320, height: 640 }, desktop: { width: 1280, height: 860 } } as const;
const THEMES = ['light', 'dark'] as const;
const TIMEOUT_MS = 240_000;

const site = setUpSite();

const picture = (name: string): string =>
  `<a href="${name}.png"><img loading="lazy" src="${name}.png" alt="${name}"></a>`;

/** A page that shows all screenshots side by side. */
const overview = (): string => {
  const looks = LOCALES.flatMap((locale) =>
    THEMES.flatMap((theme) => ['desktop', 'phone'].map((size) => `${locale}-${theme}-${size}`)),
  );
  const rows = Object.keys(pageStates).map(
    (name) => `<h2>${name}</h2><div>${looks.map((look) => picture(`${name}-${look}`)).join('')}</div>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>Every page</title>
<style>body{font:1rem system-ui;margin:2rem}div{display:flex;gap:.5rem;overflow-x:auto}img{height:22rem;border:1px solid #8888}</style>
${rows.join('\n')}`;
};

let axeSource = '';
beforeAll(async () => {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, 'index.html'), overview());
  axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});

const violations = async ({ page }: Visitor, options: RunOptions): Promise<string[]> => {
  const results: AxeResults = await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`);
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
};

/** Takes a screenshot of each theme and size, and returns the problems found. */
const examine = async (visitor: Visitor, name: string): Promise<string[]> => {
  const { page, locale } = visitor;
  const problems: string[] = [];
  await page.evaluate(axeSource);
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      const path = join(FOLDER, `${name}-${locale}-${theme}-${size}.png`);
      await page.screenshot({ path, fullPage: true });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > viewport.width) problems.push(`wider than the screen of a ${size}`);
      // Only contrast depends on the theme, and contrast does not depend on the language.
      const options: RunOptions = theme === 'light' ? {} : { runOnly: ['color-contrast'] };
      const found = theme === 'light' || locale === LOCALES[0] ? await violations(visitor, options) : [];
      problems.push(...found.map((violation) => `on a ${size}, ${violation}`));
    }
  }
  return problems.map((problem) => `${name}: ${problem}`);
};

/** Clears the cookies, so that each state begins logged out, and examines the state. */
const show = async (visitor: Visitor, name: string, state: PageState): Promise<string[]> => {
  const { page, locale } = visitor;
  await page.context().clearCookies();
  await page.unrouteAll();
  await page.setViewportSize(SIZES.desktop);
  await state(visitor);
  const language = await page.evaluate(() => document.documentElement.lang);
  return [
    ...(language === locale ? [] : [`${name}: its lang attribute is ${language}`]),
    ...(await examine(visitor, name)),
  ];
};

test.concurrent.each(LOCALES)(
  'every page in %s: screenshots, no accessibility violation, no horizontal overflow',
  async (locale) => {
    await using visitor = await openVisitor(site(), locale);
    const problems: string[] = [];
    const shown = new Set<string>();
    for (const [name, state] of Object.entries(pageStates)) {
      problems.push(...(await show(visitor, name, state)));
      shown.add(new URL(visitor.page.url()).pathname);
    }
    expect(problems).toEqual([]);
    // Fails when a page has no state.
    expect([...shown]).toEqual(expect.arrayContaining(Object.values(paths)));
  },
  TIMEOUT_MS,
);
