import type { Message } from '@moonlight/start';
import { dictionaries } from '@moonlight/web/i18n';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { codeIn, linkIn } from '../src/mailbox.ts';
import type { Person } from './people.ts';
import type { Site } from './open-site.ts';

/** A browser in one language. */
export interface Stage extends AsyncDisposable {
  readonly site: Site;
  readonly page: Page;
  readonly locale: keyof typeof dictionaries;
  /** The sentences of that language. */
  readonly t: (typeof dictionaries)['en'];
}

export const LOCALES = ['en', 'zh-CN'] as const;

/** Opens a browser that prefers a language. */
export const openStage = async (site: Site, locale: Stage['locale'], address?: string): Promise<Stage> => {
  const options = address === undefined ? {} : { extraHTTPHeaders: { 'x-forwarded-for': address } };
  const page = await site.open({ locale, ...options });
  return { site, locale, t: dictionaries[locale], page, [Symbol.asyncDispose]: () => page.context().close() };
};

/** What the service says to whoever asks too often. */
export const TOO_MANY = { en: 'Too many requests', 'zh-CN': '请求过于频繁' } as const;

export const heading = ({ page }: Stage, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

export const input = ({ page }: Stage, name: string) => page.locator(`input[name="${name}"]`);

/** Fills in fields by their names. */
export const fill = async (stage: Stage, values: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, value] of Object.entries(values)) await input(stage, name).fill(value);
};

/** Whether whatever matches is there, in a place whose changes are read out. */
export const isReadOut = ({ page }: Stage, selector: string): Promise<boolean> =>
  page
    .locator(selector)
    .evaluateAll(
      (nodes) =>
        nodes.length > 0 && nodes.every((node) => node.closest('[aria-live="polite"], [aria-live="assertive"]')),
    );

/** Pastes a text by keyboard, in place of what a field holds. All browsers share a clipboard: one journey at a time. */
export const paste = async (stage: Stage, name: string, text: string): Promise<void> => {
  const { page } = stage;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await input(stage, name).press('ControlOrMeta+A');
  await input(stage, name).press('ControlOrMeta+V');
};

export const press = ({ page }: Stage, name: string) => page.getByRole('button', { name, exact: true }).click();

export const follow = ({ page }: Stage, name: string) => page.getByRole('link', { name, exact: true }).first().click();

/** Lets `seconds` pass in the browser, and expects the number that a place shows to fall by as many. */
export const expectCountdown = async ({ page }: Stage, place: Locator, seconds: number): Promise<void> => {
  const read = async (): Promise<number> => Number(/\d+/.exec((await place.textContent()) ?? '')?.[0]);
  const before = await read();
  const began = Date.now();
  await page.clock.fastForward(seconds * 1000);
  await expect.poll(read).toBeLessThanOrEqual(before - seconds);
  // What passes for us passes there as well; a number may be drawn a moment late.
  const late = 1 + Math.ceil((Date.now() - began) / 1000);
  expect(await read()).toBeGreaterThanOrEqual(before - seconds - late);
};

/** Notes, from the next page on, what its address is whenever it asks the service for something; returns the notes. */
export const noteAddresses = async ({ page }: Stage): Promise<(of: Page) => Promise<string[]>> => {
  await page.context().addInitScript(() => {
    const ask = globalThis.fetch;
    globalThis.fetch = (...request) => {
      performance.mark(location.href);
      return ask(...request);
    };
  });
  return (of) => of.evaluate(() => performance.getEntriesByType('mark').map(({ name }) => name));
};

/** Logs somebody in by the page, and waits until the account is there. */
export const logIn = async (stage: Stage, { email, password }: Pick<Person, 'email' | 'password'>): Promise<void> => {
  const { page, t } = stage;
  await page.goto('/login');
  await fill(stage, { email, password });
  await press(stage, t.login.submit);
  await heading(stage, t.account.heading).waitFor();
};

/** The next mail to somebody, which is in the language of this browser. */
const nextMail = async ({ site, locale }: Stage, to: string): Promise<Message> => {
  const mail = await site.mailbox.next(to);
  expect(/<html[^>]* lang="([^"]+)"/.exec(mail.html)?.[1]).toBe(locale);
  return mail;
};

/** The link in the next mail to somebody. */
export const mailedLink = async (stage: Stage, to: string): Promise<string> => linkIn(await nextMail(stage, to));

/** The code in the next mail to somebody. */
export const mailedCode = async (stage: Stage, to: string): Promise<string> => codeIn(await nextMail(stage, to));

/** Reads the next mail to somebody in the inbox's own pages, and follows its button to the page that opens. */
export const followFromInbox = async (stage: Stage, to: string, name: string): Promise<Stage> => {
  const { page, site } = stage;
  const { id } = await nextMail(stage, to);
  await page.goto(site.mailbox.url);
  await page.locator(`a[href="/messages/${id}"]`).click();
  const opens = page.context().waitForEvent('page');
  await page.frameLocator('iframe').getByRole('link', { name, exact: true }).click();
  return { ...stage, page: await opens };
};
