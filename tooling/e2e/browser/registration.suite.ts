import { describe, expect, test } from 'vitest';
import { newPerson, registered } from './people.ts';
import {
  expectCountdown,
  fill,
  follow,
  followFromInbox,
  heading,
  input,
  isReadOut,
  LOCALES,
  logIn,
  mailedCode,
  mailedLink,
  noteAddresses,
  openStage,
  paste,
  press,
  TOO_MANY,
} from './stage.ts';
import { site } from './the-site.ts';

describe.each(LOCALES)('registration in %s', (locale) => {
  test.concurrent('by a link that is opened on another device', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const { email, username, password } = newPerson();
    await page.goto('/');
    await follow(stage, t.common.register);
    await heading(stage, t.register.heading).waitFor();
    expect(await page.title()).toBe(`${t.register.title} · Moonlight`);
    await fill(stage, { email, username });
    expect(await page.locator('.strength').textContent()).toBe('');
    for (const [typed, level] of [
      ['a long', 0],
      [' an', 2],
      ['d', 3],
      [' quiet night', 4],
    ] as const) {
      await input(stage, 'password').pressSequentially(typed);
      await page.getByText(`${t.strength.label}: ${t.strength.levels[level]}`, { exact: true }).waitFor();
    }
    expect(await input(stage, 'password').inputValue()).toBe(password);
    await press(stage, t.register.submit);
    await heading(stage, t.checkMail.heading).waitFor();
    await page.getByText(t.checkMail.sentTo(email)).waitFor();

    await using device = await openStage(site(), locale);
    const addresses = await noteAddresses(device);
    const other = await followFromInbox(device, email, locale === 'en' ? 'Verify e-mail address' : '验证邮箱');
    await heading(other, t.verify.heading).waitFor();
    expect(other.page.url()).toBe(`${site().url}/verify-email`);
    await press(other, t.verify.submit);
    await heading(other, t.verify.verifiedHeading).waitFor();
    expect(new Set(await addresses(other.page))).toEqual(new Set([`${site().url}/verify-email`]));
    expect(await heading(other, t.verify.verifiedHeading).evaluate((node) => node === document.activeElement)).toBe(
      true,
    );

    await logIn(stage, { email, password });
    await page.getByText(t.account.verified, { exact: true }).waitFor();
  });

  test.concurrent('by a code: a wrong one is said at its field, the right one logs in', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const { email, username, password } = newPerson();
    await page.goto('/register');
    await page.getByLabel(t.register.byCode, { exact: true }).check();
    await fill(stage, { email, username });
    await paste(stage, 'password', password);
    expect(await input(stage, 'password').inputValue()).toBe(password);
    await press(stage, t.code.send);
    await page.getByText(t.code.sent(email, 600)).waitFor();
    const code = await mailedCode(stage, email);
    await input(stage, 'code').fill(code === '000000' ? '111111' : '000000');
    await press(stage, t.register.submit);
    await page
      .locator('.field-error', { hasText: locale === 'en' ? /invalid verification code/i : '验证码错误' })
      .waitFor();
    expect(await input(stage, 'code').evaluate((node) => node === document.activeElement)).toBe(true);

    await paste(stage, 'code', ` ${code.slice(0, 3)} ${code.slice(3)} `);
    expect(await input(stage, 'code').inputValue()).toBe(code);
    await press(stage, t.register.submit);
    await heading(stage, t.account.heading).waitFor();
    await page.getByText(email).waitFor();
    await page.reload();
    await heading(stage, t.account.heading).waitFor();
  });

  test.concurrent('what is wrong is said by the service, at its field, and the first one has the focus', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const taken = await registered(site());
    await page.goto('/register');
    await fill(stage, { email: 'alice', username: '1', password: 'short' });
    await press(stage, t.register.submit);
    const said = locale === 'en' ? 'must be an e-mail address' : '须为有效的邮箱地址';
    await page.getByText(said).waitFor();
    expect(await page.locator('.field-error').count()).toBe(3);
    expect(await isReadOut(stage, '.field-error')).toBe(true);
    expect(await input(stage, 'email').evaluate((node) => node === document.activeElement)).toBe(true);
    const describedBy = await input(stage, 'email').getAttribute('aria-describedby');
    expect(await page.locator(`[id="${describedBy?.split(' ')[1]}"]`).textContent()).toBe(said);

    await fill(stage, { email: taken.email.toUpperCase(), username: newPerson().username, password: taken.password });
    expect(await page.locator('.field-error').count()).toBe(0);
    await press(stage, t.register.submit);
    await page.getByText(locale === 'en' ? 'user already exists' : '该邮箱已注册').waitFor();
    await fill(stage, { email: newPerson().email, password: 'password123' });
    await press(stage, t.register.submit);
    await page.getByText(locale === 'en' ? 'This password is too common' : '密码过于常见').waitFor();
    expect(await input(stage, 'password').evaluate((node) => node === document.activeElement)).toBe(true);
  });
});

test.each(LOCALES)(
  'the mail is sent again once the wait is over, and only the newest link works, in %s',
  async (locale) => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    await page.clock.install();
    const { email, username, password } = newPerson();
    await page.goto('/register');
    await fill(stage, { email, username, password });
    await press(stage, t.register.submit);
    await heading(stage, t.checkMail.heading).waitFor();
    const first = await mailedLink(stage, email);
    await press(stage, t.checkMail.resend);
    await page.getByText(TOO_MANY[locale]).waitFor();
    const waiting = page.getByRole('button', { name: locale === 'en' ? /Send again in \d+ s/ : /\d+ 秒后可重新发送/ });
    await expectCountdown(stage, waiting, 10);

    site().clock.advance(61);
    await page.clock.fastForward(61_000);
    await press(stage, t.checkMail.resend);
    await page.getByText(t.checkMail.resent(email, 900)).waitFor();

    await page.goto(first);
    await press(stage, t.verify.submit);
    await heading(stage, t.verify.invalidHeading).waitFor();
    await page.goto(await mailedLink(stage, email));
    await press(stage, t.verify.submit);
    await heading(stage, t.verify.verifiedHeading).waitFor();
    await follow(stage, t.common.toAccount);
    expect(await page.locator('.badge').textContent()).toBe(t.account.verified);
  },
);

test.each(LOCALES)(
  'an expired link leads to a new one, a link that was used says so, a page without a link explains itself, in %s',
  async (locale) => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const person = await registered(site(), { isVerified: false, locale });
    const link = await mailedLink(stage, person.email);
    site().clock.advance(16 * 60);
    await page.goto(link);
    await press(stage, t.verify.submit);
    await heading(stage, t.verify.expiredHeading).waitFor();
    await follow(stage, t.verify.loginToResend);
    await fill(stage, { email: person.email, password: person.password });
    await press(stage, t.login.submit);
    await heading(stage, t.checkMail.heading).waitFor();
    await press(stage, t.checkMail.resend);
    await page.getByText(t.checkMail.resent(person.email, 900)).waitFor();

    const fresh = await mailedLink(stage, person.email);
    for (const expected of [t.verify.verifiedHeading, t.verify.alreadyHeading]) {
      await page.goto(fresh);
      await press(stage, t.verify.submit);
      await heading(stage, expected).waitFor();
    }
    await page.reload();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(t.verify.missingHeading);
  },
);
