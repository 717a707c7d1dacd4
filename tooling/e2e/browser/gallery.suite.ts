import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { paths } from '@moonlight/web/paths';
import type { AxeResults, RunOptions } from 'axe-core';
import { beforeAll, expect, test } from 'vitest';
import { contactSheet } from './contact-sheet.ts';
import { type Scene, scenes } from './scenes.ts';
import { LOCALES, openStage, type Stage } from './stage.ts';
import { site } from './the-site.ts';

const FOLDER = join(import.meta.dirname, '..', 'screenshots');
const SIZES = { phone: { width: 320, height: 640 }, desktop: { width: 1280, height: 860 } } as const;
const THEMES = ['light', 'dark'] as const;
const TIMEOUT_MS = 120_000;

let axeSource = '';
beforeAll(async () => {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, 'index.html'), contactSheet(Object.keys(scenes)));
  axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});

const violations = async ({ page }: Stage, options: RunOptions): Promise<string[]> => {
  const results: AxeResults = await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`);
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
};

/** Photographs what the page looks like, and returns what is wrong with it. */
const examine = async (stage: Stage, name: string): Promise<string[]> => {
  const { page, locale } = stage;
  const problems: string[] = [];
  await page.evaluate(axeSource);
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      const path = join(FOLDER, `${name}-${locale}-${theme}-${size}.png`);
      await page.screenshot({ path, fullPage: true });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > viewport.width) problems.push(`reaches beyond the edge of a ${size}`);
      // What is no matter of colour was found in the light, and colours are the same in every language.
      const options: RunOptions = theme === 'light' ? {} : { runOnly: ['color-contrast'] };
      const found = theme === 'light' || locale === LOCALES[0] ? await violations(stage, options) : [];
      problems.push(...found.map((violation) => `on a ${size}, ${violation}`));
    }
  }
  return problems.map((problem) => `${name}: ${problem}`);
};

/** One browser shows them all: to begin anew, it forgets who was signed in. */
const play = async (stage: Stage, name: string, scene: Scene): Promise<string[]> => {
  const { page, locale } = stage;
  await page.context().clearCookies();
  await page.unrouteAll();
  await page.setViewportSize(SIZES.desktop);
  await scene(stage);
  const language = await page.evaluate(() => document.documentElement.lang);
  return [...(language === locale ? [] : [`${name}: says it is in ${language}`]), ...(await examine(stage, name))];
};

test.concurrent.each(LOCALES)(
  'every page in %s: a picture, no violation of accessibility rules, nothing beyond the edge',
  async (locale) => {
    await using stage = await openStage(site(), locale);
    const problems: string[] = [];
    const shown = new Set<string>();
    for (const [name, scene] of Object.entries(scenes)) {
      problems.push(...(await play(stage, name, scene)));
      shown.add(new URL(stage.page.url()).pathname);
    }
    expect(problems).toEqual([]);
    expect([...shown]).toEqual(expect.arrayContaining(Object.values(paths)));
  },
  TIMEOUT_MS,
);
