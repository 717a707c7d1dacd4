import { describe, expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { newUser, registerUser } from './users.ts';
import {
  fill,
  follow,
  followFromInbox,
  heading,
  input,
  isAnnounced,
  isFocused,
  LOCALES,
  logIn,
  mailedCode,
  recordPageUrls,
  openVisitor,
  paste,
  press,
} from './visitor.ts';

const site = setUpSite();

describe.each(LOCALES)('registration in %s', (locale) => {
  test('by a link that is opened on another device', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const { email, username, password } = newUser();
    await page.goto('/');
    await follow(visitor, t.common.register);
    await heading(visitor, t.register.heading).waitFor();
    expect(await page.title()).toBe(`${t.register.title} · Moonlight`);
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
    await fill(visitor, { email, username });
    expect(await page.locator('.strength').textContent()).toBe('');
    expect(scripts).toEqual([]);
    for (const [typed, level] of [
      ['a long', 0],
      [' a', 2],
      ['nd', 3],
      [' quiet night', 4],
    ] as const) {
      await input(visitor, 'password').pressSequentially(typed);
      await page.getByText(`${t.strength.label}: ${t.strength.levels[level]}`, { exact: true }).waitFor();
    }
    expect(scripts).toEqual(expect.arrayContaining([expect.stringMatching(/\/estimate-strength-.*\.js$/)]));
    expect(await input(visitor, 'password').inputValue()).toBe(password);
    await press(visitor, t.register.submit);
    await heading(visitor, t.checkEmail.heading).waitFor();
    await page.getByText(t.checkEmail.sentTo(email)).waitFor();

    await using device = await openVisitor(site(), locale);
    const addresses = await recordPageUrls(device);
    const other = await followFromInbox(device, email);
    await heading(other, t.verifyEmail.heading).waitFor();
    expect(other.page.url()).toBe(`${site().url}/verify-email`);
    await press(other, t.verifyEmail.submit);
    await heading(other, t.verifyEmail.verifiedHeading).waitFor();
    expect(new Set(await addresses(other.page))).toEqual(new Set([`${site().url}/verify-email`]));
    expect(await isFocused(heading(other, t.verifyEmail.verifiedHeading))).toBe(true);

    await logIn(visitor, { email, password });
    await page.getByText(t.account.verified, { exact: true }).waitFor();
  });

  test('by a code: a wrong code shows an error at its field, the right one logs in', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const { email, username, password } = newUser();
    await page.goto('/register');
    await page.getByLabel(t.register.byCode, { exact: true }).check();
    await fill(visitor, { email, username });
    await paste(visitor, 'password', password);
    expect(await input(visitor, 'password').inputValue()).toBe(password);
    await press(visitor, t.code.send);
    await page.getByText(t.code.sent(email, 600)).waitFor();
    const code = await mailedCode(visitor, email);
    await input(visitor, 'code').fill(code === '000000' ? '111111' : '000000');
    await press(visitor, t.register.submit);
    await page.locator('.field-error', { hasText: t.errors.CODE_INVALID }).waitFor();
    expect(await isFocused(input(visitor, 'code'))).toBe(true);

    await paste(visitor, 'code', ` ${code.slice(0, 3)} ${code.slice(3)} `);
    expect(await input(visitor, 'code').inputValue()).toBe(code);
    await press(visitor, t.register.submit);
    await heading(visitor, t.account.heading).waitFor();
    await page.getByText(email).waitFor();
    await page.reload();
    await heading(visitor, t.account.heading).waitFor();
  });

  test('invalid input: the errors of the API appear at their fields, and the first invalid field gets the focus', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const taken = await registerUser(site());
    await page.goto('/register');
    await fill(visitor, { email: 'alice', username: '1', password: 'short' });
    await press(visitor, t.register.submit);
    const said = locale === 'en' ? 'must be an email address' : '须为有效的邮箱地址';
    await page.getByText(said).waitFor();
    expect(await page.locator('.field-error').count()).toBe(3);
    expect(await isAnnounced(visitor, '.field-error')).toBe(true);
    expect(await isFocused(input(visitor, 'email'))).toBe(true);
    const describedBy = await input(visitor, 'email').getAttribute('aria-describedby');
    expect(await page.locator(`[id="${describedBy?.split(' ')[1]}"]`).textContent()).toBe(said);

    await fill(visitor, { email: taken.email.toUpperCase(), username: newUser().username, password: taken.password });
    expect(await page.locator('.field-error').count()).toBe(0);
    await press(visitor, t.register.submit);
    await page.getByText(t.errors.EMAIL_TAKEN).waitFor();
    await fill(visitor, { email: newUser().email, password: 'password123' });
    await press(visitor, t.register.submit);
    await page.getByText(t.errors.PASSWORD_TOO_COMMON).waitFor();
    expect(await isFocused(input(visitor, 'password'))).toBe(true);
  });
});
