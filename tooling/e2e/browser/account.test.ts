import { describe, expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { logInElsewhere, registerUser } from './users.ts';
import { fill, follow, heading, input, isFocused, LOCALES, logIn, openVisitor, paste, press } from './visitor.ts';

const site = setUpSite();

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0';

describe.each(LOCALES)('account in %s', (locale) => {
  test('change password: a wrong current password shows an error at its field; success logs other devices out', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const user = await registerUser(site());
    const other = await logInElsewhere(site().api.url, user, FIREFOX);
    await logIn(visitor, user);
    await page.getByRole('link', { name: t.account.changePassword }).click();
    await heading(visitor, t.changePassword.heading).waitFor();
    await fill(visitor, { currentPassword: 'not it', newPassword: 'another long and quiet night' });
    await press(visitor, t.changePassword.submit);
    await page.getByText(t.errors.REAUTHENTICATION_FAILED).waitFor();
    expect(await isFocused(input(visitor, 'currentPassword'))).toBe(true);
    await fill(visitor, { currentPassword: user.password });
    await press(visitor, t.changePassword.submit);
    await heading(visitor, t.changePassword.done).waitFor();
    await expect(other.account.profile.query()).rejects.toMatchObject({ data: { error: 'REFRESH_TOKEN_INVALID' } });
    await follow(visitor, t.common.toAccount);
    await heading(visitor, t.account.heading).waitFor();
  });

  test('login: an account whose deletion is planned is told so, but only with the right password', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const user = await registerUser(site());
    const plan = "update users set deletes_at = now() + interval '7 days' where email = $1";
    await site().api.deps.db.$client.query(plan, [user.email]);
    await page.goto('/login');
    await fill(visitor, { email: user.email, password: 'not the password' });
    await press(visitor, t.login.submit);
    await page.getByText(t.errors.INVALID_CREDENTIALS).waitFor();
    await fill(visitor, { password: user.password });
    await press(visitor, t.login.submit);
    await page.getByText(t.errors.ACCOUNT_DELETION_PENDING).waitFor();
    expect(await page.getByText(t.errors.INVALID_CREDENTIALS).count()).toBe(0);
  });
});

test('login with the keyboard only: labels, tab order, a pasted password, the button that shows it, Enter', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  const user = await registerUser(site());
  await page.goto('/login');
  await page.getByLabel(t.fields.email).focus();
  await page.keyboard.type(user.email);
  await page.keyboard.press('Tab');
  await paste(visitor, 'password', user.password);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await input(visitor, 'password').getAttribute('type')).toBe('text');
  expect(await input(visitor, 'password').inputValue()).toBe(user.password);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await heading(visitor, t.account.heading).waitFor();
});

test('each field has the autocomplete attribute that password managers need', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  const autocomplete = async (path: string) => {
    await page.goto(path);
    await page.locator('form').waitFor();
    return page
      .locator('form input[autocomplete]')
      .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('autocomplete')));
  };
  expect(await autocomplete('/login')).toEqual(['username', 'current-password']);
  expect(await autocomplete('/register')).toEqual(['username', 'nickname', 'new-password']);
  expect(await autocomplete('/forgot-password')).toEqual(['email']);
  expect(await autocomplete('/reset-password')).toEqual(['username', 'one-time-code', 'new-password']);
  await logIn(visitor, await registerUser(site()));
  expect(await autocomplete('/change-password')).toEqual(['username', 'current-password', 'new-password']);
  expect(await page.title()).toBe(`${t.changePassword.title} · Moonlight`);
});
