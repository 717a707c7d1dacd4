import { dictionaries } from '@moonlight/web/i18n';
import type { Page } from 'playwright-core';
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

export const heading = ({ page }: Stage, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

export const input = ({ page }: Stage, name: string) => page.locator(`input[name="${name}"]`);

/** Fills in fields by their names. */
export const fill = async (stage: Stage, values: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, value] of Object.entries(values)) await input(stage, name).fill(value);
};

export const press = ({ page }: Stage, name: string) => page.getByRole('button', { name, exact: true }).click();

export const follow = ({ page }: Stage, name: string) => page.getByRole('link', { name, exact: true }).first().click();

/** Logs somebody in by the page, and waits until the account is there. */
export const logIn = async (stage: Stage, { email, password }: Pick<Person, 'email' | 'password'>): Promise<void> => {
  const { page, t } = stage;
  await page.goto('/login');
  await fill(stage, { email, password });
  await press(stage, t.login.submit);
  await heading(stage, t.account.heading).waitFor();
};

/** The newest link of a kind that was mailed to somebody, on this site. */
export const mailedLink = async ({ site }: Stage, kind: 'verification-link' | 'reset-link', to: string) =>
  site.linkTo((await site.api.lastMail(kind, to)).url);

/** The newest code of a kind that was mailed to somebody. */
export const mailedCode = async ({ site }: Stage, kind: 'verification-code' | 'reset-code', to: string) =>
  (await site.api.lastMail(kind, to)).code;
