import { describe, expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { registerUser } from './users.ts';
import {
  fill,
  follow,
  followFromInbox,
  heading,
  input,
  LOCALES,
  logIn,
  mailedCode,
  mailedLink,
  recordPageUrls,
  openVisitor,
  press,
  type Visitor,
} from './visitor.ts';

const site = setUpSite();

const newPassword = 'another long and quiet night';

/** Requests a reset link with the page. */
const requestLink = async (visitor: Visitor, email: string): Promise<void> => {
  const { page, t } = visitor;
  await page.goto('/forgot-password');
  await fill(visitor, { email });
  await press(visitor, t.forgotPassword.submit);
  await page.getByText(t.forgotPassword.sentText(email, 1800)).waitFor();
};

describe.each(LOCALES)('password reset in %s', (locale) => {
  test('by a link: the captcha solves itself, the token leaves the URL, the link works once', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const { email } = await registerUser(site(), { locale });
    await page.goto('/login');
    await follow(visitor, t.login.forgotPassword);
    await heading(visitor, t.forgotPassword.heading).waitFor();
    await fill(visitor, { email });
    await press(visitor, t.forgotPassword.submit);
    await page.getByText(t.forgotPassword.sentText(email, 1800)).waitFor();

    const link = await mailedLink(visitor, email);
    const addresses = await recordPageUrls(visitor);
    await page.goto(link);
    await heading(visitor, t.resetPassword.heading).waitFor();
    expect(page.url()).toBe(`${site().url}/reset-password`);
    await fill(visitor, { newPassword: 'short' });
    await press(visitor, t.resetPassword.submit);
    await page.getByText(locale === 'en' ? '8 to 128 characters' : '须为 8 到 128 个字符').waitFor();
    expect(new Set(await addresses(page))).toEqual(new Set([`${site().url}/reset-password`]));
    await fill(visitor, { newPassword });
    await press(visitor, t.resetPassword.submit);
    await page.getByText(t.login.passwordReset).waitFor();
    await fill(visitor, { email, password: newPassword });
    await press(visitor, t.login.submit);
    await heading(visitor, t.account.heading).waitFor();

    await page.goto(link);
    await fill(visitor, { newPassword });
    await press(visitor, t.resetPassword.submit);
    await heading(visitor, t.resetPassword.usedHeading).waitFor();
  });

  test('by a code', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const { email } = await registerUser(site(), { locale });
    await page.goto('/forgot-password');
    await fill(visitor, { email });
    await follow(visitor, t.forgotPassword.useCode);
    await heading(visitor, t.resetPassword.heading).waitFor();
    expect(await input(visitor, 'email').inputValue()).toBe(email);
    await press(visitor, t.code.send);
    await page.getByText(t.code.sent(email, 600)).waitFor();
    await fill(visitor, { code: await mailedCode(visitor, email), newPassword });
    await press(visitor, t.resetPassword.submit);
    await page.getByText(t.login.passwordReset).waitFor();
    expect(await input(visitor, 'email').inputValue()).toBe(email);
    await fill(visitor, { password: newPassword });
    await press(visitor, t.login.submit);
    await heading(visitor, t.account.heading).waitFor();
  });
});

test.each(LOCALES)('a link can be opened on another device, in %s', async (locale) => {
  await using visitor = await openVisitor(site(), locale);
  const { page, t } = visitor;
  const { email } = await registerUser(site(), { locale });
  await requestLink(visitor, email);

  await using device = await openVisitor(site(), locale);
  const other = await followFromInbox(device, email);
  await heading(other, t.resetPassword.heading).waitFor();
  await fill(other, { newPassword });
  await press(other, t.resetPassword.submit);
  await other.page.getByText(t.login.passwordReset).waitFor();
  await logIn(visitor, { email, password: newPassword });
  expect(page.url()).toBe(`${site().url}/account`);
});

test.each(LOCALES)('an expired link leads to a new one, in %s', async (locale) => {
  await using visitor = await openVisitor(site(), locale);
  const { page, t } = visitor;
  const { email } = await registerUser(site(), { locale });
  await requestLink(visitor, email);
  const link = await mailedLink(visitor, email);
  site().clock.advance(31 * 60);
  await page.goto(link);
  await fill(visitor, { newPassword });
  await press(visitor, t.resetPassword.submit);
  await heading(visitor, t.resetPassword.expiredHeading).waitFor();
  await follow(visitor, t.resetPassword.newLink);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(t.forgotPassword.heading);
});

test('a press counts although the strength of the password appears during it', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  const pressed = Promise.withResolvers<void>();
  await page.route('**/assets/estimate-strength-*.js', async (route) => {
    await pressed.promise;
    await route.continue();
  });
  await page.goto('/reset-password?token=unknown');
  await fill(visitor, { newPassword });
  await page.getByRole('button', { name: t.resetPassword.submit, exact: true }).hover();
  await page.mouse.down();
  pressed.resolve();
  await page.getByText(t.strength.label).waitFor();
  await page.mouse.up();
  await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toBe(t.resetPassword.invalidHeading);
});
