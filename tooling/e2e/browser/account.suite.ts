import { describe, expect, test } from 'vitest';
import { elsewhere, registered } from './people.ts';
import {
  expectCountdown,
  fill,
  follow,
  heading,
  input,
  isReadOut,
  LOCALES,
  logIn,
  openStage,
  paste,
  press,
  TOO_MANY,
} from './stage.ts';
import { site } from './the-site.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0';

const failFrom = async (address: string, email: string): Promise<void> => {
  const answer = await fetch(`${site().api.url}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ email, password: 'a guess' }),
  });
  expect(answer.status).toBe(401);
};

/** A moment as a browser of these journeys writes it. */
const inWords = (moment: Date, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Zurich' }).format(moment);

describe.each(LOCALES)('account in %s', (locale) => {
  test.concurrent('sessions: since when, from where, end one, end all others, and the one that is used stays', async () => {
    const address = `10.7.0.${LOCALES.indexOf(locale)}`;
    await using stage = await openStage(site(), locale, address);
    const { page, t } = stage;
    const now = site().clock.now();
    await page.clock.setFixedTime(now.getTime() + 5 * 60_000);
    const person = await registered(site());
    const first = await elsewhere(site().api.url, person, FIREFOX);
    await elsewhere(site().api.url, person, 'curl/8.5.0');
    await logIn(stage, person);
    await follow(stage, t.common.sessions);
    await heading(stage, t.sessions.heading).waitFor();
    const rows = page.locator('.session');
    await rows.nth(2).waitFor();
    expect(await rows.nth(0).textContent()).toContain(t.sessions.current);
    for (const [index, ip] of [address, '127.0.0.1', '127.0.0.1'].entries()) {
      expect(await rows.nth(index).locator('.session-when').allTextContents()).toEqual([
        `${t.sessions.lastUsed(locale === 'en' ? '5 minutes ago' : '5分钟前')} · ${t.sessions.address(ip)}`,
        t.sessions.since(inWords(now, locale)),
      ]);
    }
    await press(stage, t.sessions.endNamed(t.sessions.browserOn('Firefox', 'Windows')));
    await page.getByText(t.sessions.ended(t.sessions.browserOn('Firefox', 'Windows'))).waitFor();
    await expect(first.account.profile.query()).rejects.toMatchObject({ data: { error: 'REFRESH_TOKEN_INVALID' } });
    await press(stage, t.sessions.endOthers);
    await page.getByText(t.sessions.othersEnded(1)).waitFor();
    expect(await isReadOut(stage, '.notice-good')).toBe(true);
    await page.getByText(t.sessions.alone).waitFor();
    expect(await rows.count()).toBe(1);
  });

  test.concurrent('change of password: the wrong current one is said at its field, the right one ends the other sessions', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const person = await registered(site());
    const other = await elsewhere(site().api.url, person, FIREFOX);
    await logIn(stage, person);
    await page.getByRole('link', { name: t.account.changePassword }).click();
    await heading(stage, t.changePassword.heading).waitFor();
    await fill(stage, { currentPassword: 'not it', newPassword: 'another long and quiet night' });
    await press(stage, t.changePassword.submit);
    await page.getByText(locale === 'en' ? 'Current password is wrong' : '当前密码错误').waitFor();
    expect(await input(stage, 'currentPassword').evaluate((node) => node === document.activeElement)).toBe(true);
    await fill(stage, { currentPassword: person.password });
    await press(stage, t.changePassword.submit);
    await heading(stage, t.changePassword.done).waitFor();
    await expect(other.account.profile.query()).rejects.toMatchObject({ data: { error: 'REFRESH_TOKEN_INVALID' } });
    await follow(stage, t.common.toAccount);
    await heading(stage, t.account.heading).waitFor();
  });

  test.concurrent('login: wrong credentials, then a captcha where the service asks for one', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const person = await registered(site());
    for (let guess = 0; guess < 10; guess += 1)
      await failFrom(`10.9.${LOCALES.indexOf(locale)}.${guess}`, person.email);
    await page.goto('/login');
    await fill(stage, { email: person.email, password: person.password });
    await press(stage, t.login.submit);
    await page.getByText(locale === 'en' ? 'Captcha required' : '请完成人机验证', { exact: true }).waitFor();
    expect(await page.locator('.captcha').evaluate((node) => node === document.activeElement)).toBe(true);
    expect(await isReadOut(stage, '.captcha .field-error')).toBe(true);
    await fill(stage, { password: 'not mine' });
    await press(stage, t.login.submit);
    await page.getByText(locale === 'en' ? /Invalid credentials/ : '邮箱或密码错误').waitFor();
    expect(await isReadOut(stage, '.notice-bad')).toBe(true);
    await fill(stage, { password: person.password });
    await press(stage, t.login.submit);
    await heading(stage, t.account.heading).waitFor();
  });
});

test.each(LOCALES)(
  'a wait that the service asks for is counted down, and then it is possible again, in %s',
  async (locale) => {
    const address = `10.8.0.${LOCALES.indexOf(locale)}`;
    await using stage = await openStage(site(), locale, address);
    const { page, t } = stage;
    const person = await registered(site(), { locale });
    await page.clock.install();
    // The ninth failure makes the next try wait for 16 seconds, after 2, 4 and 8.
    for (let guess = 0; guess < 9; guess += 1) {
      site().clock.advance(8);
      await failFrom(address, person.email);
    }
    await page.goto('/login');
    await fill(stage, { email: person.email, password: person.password });
    await press(stage, t.login.submit);
    await page.getByText(TOO_MANY[locale]).waitFor();
    const button = page.getByRole('button', { name: t.login.submit });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await expectCountdown(stage, page.locator('.notice-bad [aria-hidden]'), 5);
    site().clock.advance(16);
    await page.clock.fastForward(16_000);
    await press(stage, t.login.submit);
    await heading(stage, t.account.heading).waitFor();
  },
);

test('by keyboard alone: labels, order, a password that is pasted and shown, Enter', async () => {
  await using stage = await openStage(site(), 'en');
  const { page, t } = stage;
  const person = await registered(site());
  await page.goto('/login');
  await page.getByLabel(t.fields.email).focus();
  await page.keyboard.type(person.email);
  await page.keyboard.press('Tab');
  await paste(stage, 'password', person.password);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await input(stage, 'password').getAttribute('type')).toBe('text');
  expect(await input(stage, 'password').inputValue()).toBe(person.password);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await heading(stage, t.account.heading).waitFor();
});

test('password managers are told what each field is', async () => {
  await using stage = await openStage(site(), 'en');
  const { page, t } = stage;
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
  await logIn(stage, await registered(site()));
  expect(await autocomplete('/change-password')).toEqual(['username', 'current-password', 'new-password']);
  expect(await page.title()).toBe(`${t.changePassword.title} · Moonlight`);
});
