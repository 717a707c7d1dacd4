import { expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { newUser } from './users.ts';
import { fill, follow, heading, input, isFocused, LOCALES, mailedLink, openVisitor, press } from './visitor.ts';

const site = setUpSite();

test.each(LOCALES)('a double click on any button sends one request, in %s', async (locale) => {
  await using visitor = await openVisitor(site(), locale);
  const { page, t } = visitor;
  const { email, username, password } = newUser();
  const calls: string[] = [];
  page.on('request', (request) => {
    // Calls made at the same time are one batched request.
    const procedures = new URL(request.url()).pathname.replace('/trpc/', '').split(',');
    if (request.method() === 'POST') calls.push(...procedures.filter((procedure) => procedure !== 'sessions.restore'));
  });
  // Two clicks before anything can be drawn in between.
  const pressTwice = (name: string) =>
    page.getByRole('button', { name, exact: true }).evaluate((button) => {
      if (!(button instanceof HTMLElement)) throw new Error('a button was expected');
      button.click();
      button.click();
    });
  await page.goto('/register');
  await fill(visitor, { email, username, password });
  await pressTwice(t.register.submit);
  await heading(visitor, t.checkEmail.heading).waitFor();
  await page.goto(await mailedLink(visitor, email));
  await pressTwice(t.verifyEmail.submit);
  await heading(visitor, t.verifyEmail.verifiedHeading).waitFor();
  await page.goto('/forgot-password');
  await fill(visitor, { email });
  await pressTwice(t.forgotPassword.submit);
  await page.getByText(t.forgotPassword.sentText(email, 1800)).waitFor();
  await page.goto('/login');
  await fill(visitor, { email, password });
  await pressTwice(t.login.submit);
  await heading(visitor, t.account.heading).waitFor();
  await pressTwice(t.common.logout);
  await page.getByText(t.login.loggedOut).waitFor();
  expect(calls).toEqual([
    'auth.register',
    'emailVerification.inspect',
    'emailVerification.confirm',
    'passwordReset.send',
    'auth.login',
    'auth.logout',
  ]);
});

test('switching the language keeps the input of a form and drops errors in the old language', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page } = visitor;
  await page.goto('/login');
  await fill(visitor, { email: 'alice@example.com', password: 'a guess' });
  await press(visitor, 'Log in');
  await page.getByText('Wrong email or password.').waitFor();
  await press(visitor, '简体中文');
  await page.getByRole('heading', { level: 1, name: '欢迎回来' }).waitFor();
  expect(await page.evaluate(() => [document.documentElement.lang, document.title])).toEqual([
    'zh-CN',
    '登录 · Moonlight',
  ]);
  expect(await input(visitor, 'email').inputValue()).toBe('alice@example.com');
  expect(await page.locator('.notice').count()).toBe(0);
  await press(visitor, '登录');
  await page.getByText('邮箱或密码错误。').waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: '欢迎回来' }).waitFor();
});

test('the theme follows the system until the user chooses one, and the choice is kept', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  const isDark = () =>
    page.evaluate(() => getComputedStyle(document.querySelector('.panel')!).backgroundColor === 'rgb(19, 25, 48)');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/');
  await heading(visitor, t.home.heading).waitFor();
  expect(await isDark()).toBe(true);
  await press(visitor, t.common.toLight);
  expect(await isDark()).toBe(false);
  await page.reload();
  await heading(visitor, t.home.heading).waitFor();
  expect(await isDark()).toBe(false);
  await press(visitor, t.common.toDark);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: t.common.toDark }).waitFor();
});

test('links, the back button and trailing slashes work as on any site, and the history contains no typed data', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  await page.goto('/');
  await follow(visitor, t.common.register);
  await heading(visitor, t.register.heading).waitFor();
  expect(await isFocused(heading(visitor, t.register.heading))).toBe(true);
  await page.goBack();
  await heading(visitor, t.home.heading).waitFor();
  expect(await page.title()).toBe(`${t.home.title} · Moonlight`);
  await page.goForward();
  await heading(visitor, t.register.heading).waitFor();

  const opens = page.context().waitForEvent('page');
  await page.getByRole('link', { name: t.common.login }).click({ modifiers: ['ControlOrMeta'] });
  await heading({ ...visitor, page: await opens }, t.login.heading).waitFor();
  expect(page.url()).toBe(`${site().url}/register`);

  const { email, username, password } = newUser();
  await fill(visitor, { email, username, password });
  await press(visitor, t.register.submit);
  await page.getByText(t.checkEmail.sentTo(email)).waitFor();
  expect(await page.evaluate(() => typeof history.state)).toBe('number');
  await page.reload();
  await page.getByText(t.checkEmail.sent).waitFor();

  await page.goto('/login/');
  await heading(visitor, t.login.heading).waitFor();
  await page.goto('/nowhere');
  await heading(visitor, t.notFound.heading).waitFor();
});
