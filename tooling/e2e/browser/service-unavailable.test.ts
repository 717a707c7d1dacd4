import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { registerUser } from './users.ts';
import { fill, heading, input, LOCALES, logIn, openVisitor, press, type Visitor } from './visitor.ts';

const site = setUpSite();

/** Blocks the browser's requests to the API until the returned function is called. */
const disconnect = async ({ page }: Visitor): Promise<() => Promise<void>> => {
  const everything = `${site().api.url}/**`;
  await page.context().route(everything, (route) => route.abort('connectionrefused'));
  return () => page.context().unroute(everything);
};

describe.each(LOCALES)('the service is unavailable in %s', (locale) => {
  test('during login: a banner, the input stays, and login works after the reconnect', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const user = await registerUser(site());
    await page.goto('/login');
    await fill(visitor, { email: user.email, password: user.password });
    const reconnect = await disconnect(visitor);
    await press(visitor, t.login.submit);
    await page.getByText(t.offline.title, { exact: true }).waitFor();
    await page.getByText(t.errors.UNREACHABLE).waitFor();
    expect(await input(visitor, 'password').inputValue()).toBe(user.password);
    await reconnect();
    await press(visitor, t.common.retry);
    await page.getByText(t.offline.title, { exact: true }).waitFor({ state: 'detached' });
    await press(visitor, t.login.submit);
    await heading(visitor, t.account.heading).waitFor();
  });
});

test.each(LOCALES)('while a page loads: the page appears by itself after the reconnect, in %s', async (locale) => {
  await using visitor = await openVisitor(site(), locale);
  const { page, t } = visitor;
  await logIn(visitor, await registerUser(site(), { locale }));
  const reconnect = await disconnect(visitor);
  await page.reload();
  await page.getByText(t.offline.title, { exact: true }).waitFor();
  await reconnect();
  await heading(visitor, t.account.heading).waitFor();
  await page.getByText(t.offline.title, { exact: true }).waitFor({ state: 'detached' });
  expect(page.url()).toBe(`${site().url}/account`);
});

test.each(LOCALES)('an internal error shows its reference for the log and a button to retry, in %s', async (locale) => {
  await using visitor = await openVisitor(site(), locale);
  const { page, t } = visitor;
  await logIn(visitor, await registerUser(site(), { locale }));
  const database = new pg.Client({ connectionString: site().api.database.url });
  await database.connect();
  await database.query('alter table users rename to users_gone');
  await page.goto('/account');
  await page.getByText(t.errors.INTERNAL_ERROR).waitFor();
  expect(await page.locator('.notice .small').textContent()).toMatch(new RegExp(`^${t.common.reference('\\S+')}$`));
  await database.query('alter table users_gone rename to users');
  await database.end();
  await press(visitor, t.common.retry);
  await heading(visitor, t.account.heading).waitFor();
});
