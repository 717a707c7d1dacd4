import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contactSheet } from './contact-sheet.ts';
import { scenes } from './scenes.ts';
import { LOCALES, openStage, type Stage } from './stage.ts';
import { type Site, startSite } from './start-site.ts';

const FOLDER = join(import.meta.dirname, '..', 'screenshots');
const SIZES = { phone: { width: 320, height: 640 }, desktop: { width: 1280, height: 860 } } as const;
const THEMES = ['light', 'dark'] as const;
const names = Object.keys(scenes);

let site: Site;
let axeSource = '';
beforeAll(async () => {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  site = await startSite();
});
afterAll(async () => {
  await writeFile(join(FOLDER, 'index.html'), contactSheet(names));
  await site.close();
});

const violations = async ({ page }: Stage, options: RunOptions): Promise<string[]> => {
  const run = `(async () => { ${axeSource}; return axe.run(document, ${JSON.stringify(options)}); })()`;
  const results: AxeResults = await page.evaluate(run);
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
};

const photograph = async (stage: Stage, name: string): Promise<void> => {
  const { page, locale } = stage;
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      const path = join(FOLDER, `${name}-${locale}-${theme}-${size}.jpg`);
      await page.screenshot({ path, fullPage: true, quality: 85 });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, `${name} fits a ${size}`).toBeLessThanOrEqual(viewport.width);
    }
    // What is no matter of colour was found in the light.
    const options: RunOptions = theme === 'light' ? {} : { runOnly: ['color-contrast'] };
    expect(await violations(stage, options), `${name} in ${theme}`).toEqual([]);
  }
};

describe.each(LOCALES)(
  'every page in %s: no violation of accessibility rules, nothing beyond the edge, a picture',
  (locale) => {
    test.concurrent.each(names)('%s', async (name) => {
      const stage = await openStage(site, locale);
      await scenes[name]?.(stage);
      expect(await stage.page.evaluate(() => document.documentElement.lang)).toBe(locale);
      await photograph(stage, name);
      await stage.page.context().close();
    });
  },
);
