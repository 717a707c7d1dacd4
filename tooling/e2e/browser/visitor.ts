import type { Message } from '@moonlight/start';
import { dictionaries } from '@moonlight/web/i18n';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { codeIn, linkIn } from '../src/mailbox.ts';
import type { Site } from './open-site.ts';
import type { TestUser } from './users.ts';

/** A visitor of the site: a browser profile in one language, and the page that it shows. */
export interface Visitor extends AsyncDisposable {
  readonly site: Site;
  readonly page: Page;
  readonly locale: keyof typeof dictionaries;
  /** The sentences of that language. */
  readonly t: (typeof dictionaries)['en'];
}

export const LOCALES = ['en', 'zh-CN'] as const;

/** Opens a browser profile that prefers a language, with its own IP address unless one is given. */
export const openVisitor = async (site: Site, locale: Visitor['locale'], address?: string): Promise<Visitor> => {
  const options = address === undefined ? {} : { extraHTTPHeaders: { 'x-forwarded-for': address } };
  const page = await site.open({ locale, ...options });
  return { site, locale, t: dictionaries[locale], page, [Symbol.asyncDispose]: () => page.context().close() };
};

export const heading = ({ page }: Visitor, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

export const input = ({ page }: Visitor, name: string) => page.locator(`input[name="${name}"]`);

/** Whether an element has the focus. */
export const isFocused = (locator: Locator): Promise<boolean> =>
  locator.evaluate((node) => node === document.activeElement);

/** Fills in fields by their names. */
export const fill = async (visitor: Visitor, values: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, value] of Object.entries(values)) await input(visitor, name).fill(value);
};

/** Whether elements match the selector and all of them are inside a live region, which screen readers announce. */
export const isAnnounced = ({ page }: Visitor, selector: string): Promise<boolean> =>
  page
    .locator(selector)
    .evaluateAll(
      (nodes) =>
        nodes.length > 0 && nodes.every((node) => node.closest('[aria-live="polite"], [aria-live="assertive"]')),
    );

/** Replaces a field's value by pasting with the keyboard. One browser has one clipboard: one test at a time. */
export const paste = async (visitor: Visitor, name: string, text: string): Promise<void> => {
  const { page } = visitor;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await input(visitor, name).press('ControlOrMeta+A');
  await input(visitor, name).press('ControlOrMeta+V');
};

export const press = ({ page }: Visitor, name: string) => page.getByRole('button', { name, exact: true }).click();

export const follow = ({ page }: Visitor, name: string) =>
  page.getByRole('link', { name, exact: true }).first().click();

/** Moves the browser's clock on by `seconds`, and expects the number in an element to fall by as many. */
export const expectCountdown = async ({ page }: Visitor, element: Locator, seconds: number): Promise<void> => {
  const read = async (): Promise<number> => Number(/\d+/.exec((await element.textContent()) ?? '')?.[0]);
  const before = await read();
  const began = Date.now();
  await page.clock.fastForward(seconds * 1000);
  await expect.poll(read).toBeLessThanOrEqual(before - seconds);
  // The browser's clock also runs in real time, and a number may be drawn a moment late.
  const late = 1 + Math.ceil((Date.now() - began) / 1000);
  expect(await read()).toBeGreaterThanOrEqual(before - seconds - late);
};

/** Records, from the next page on, the page's URL at each request of its scripts; the result reads the records. */
export const recordPageUrls = async ({ page }: Visitor): Promise<(of: Page) => Promise<string[]>> => {
  await page.context().addInitScript(() => {
    const originalFetch = globalThis.fetch;
    globalThis.fetch = (...request) => {
      performance.mark(location.href);
      return originalFetch(...request);
    };
  });
  return (of) => of.evaluate(() => performance.getEntriesByType('mark').map(({ name }) => name));
};

/** Logs in with the login page, and waits for the account page. */
export const logIn = async (
  visitor: Visitor,
  { email, password }: Pick<TestUser, 'email' | 'password'>,
): Promise<void> => {
  const { page, t } = visitor;
  await page.goto('/login');
  await fill(visitor, { email, password });
  await press(visitor, t.login.submit);
  await heading(visitor, t.account.heading).waitFor();
};

/** The next mail to an address; expects it in the visitor's language. */
const nextMail = async ({ site, locale }: Visitor, to: string): Promise<Message> => {
  const mail = await site.mailbox.next(to);
  expect(/<html[^>]* lang="([^"]+)"/.exec(mail.html)?.[1]).toBe(locale);
  return mail;
};

/** The link in the next mail to an address. */
export const mailedLink = async (visitor: Visitor, to: string): Promise<string> => linkIn(await nextMail(visitor, to));

/** The code in the next mail to an address. */
export const mailedCode = async (visitor: Visitor, to: string): Promise<string> => codeIn(await nextMail(visitor, to));

/** Opens the next mail to an address in the inbox's own pages, and follows its button to the page that opens. */
export const followFromInbox = async (visitor: Visitor, to: string): Promise<Visitor> => {
  const { page, site } = visitor;
  const { id } = await nextMail(visitor, to);
  await page.goto(site.mailbox.url);
  await page.locator(`a[href="/messages/${id}"]`).click();
  const opens = page.context().waitForEvent('page');
  await page.frameLocator('iframe').locator('a[href*="?token="]').first().click();
  return { ...visitor, page: await opens };
};
