import { describe, expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { newUser, registerUser } from './users.ts';
import {
  expectCountdown,
  fill,
  follow,
  heading,
  LOCALES,
  logIn,
  mailedLink,
  openVisitor,
  press,
  type Visitor,
} from './visitor.ts';

const site = setUpSite();

/** Verifies a logged-in user with the next mail; returns what the account page then says about the email address. */
const verify = async (visitor: Visitor, email: string): Promise<string | null> => {
  const { page, t } = visitor;
  await page.goto(await mailedLink(visitor, email));
  await press(visitor, t.verifyEmail.submit);
  await heading(visitor, t.verifyEmail.verifiedHeading).waitFor();
  await follow(visitor, t.common.toAccount);
  await heading(visitor, t.account.heading).waitFor();
  return page.locator('.badge').textContent();
};

describe.each(LOCALES)('email verification while logged in, in %s', (locale) => {
  test('the account page says that the email is not verified, and sends a new link', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const user = await registerUser(site(), { isVerified: false, locale });
    await mailedLink(visitor, user.email);
    site().clock.advance(61);
    await logIn(visitor, user);
    expect(await page.locator('.badge').textContent()).toBe(t.account.unverified);
    await page.getByText(t.account.unverifiedText).waitFor();
    await press(visitor, t.checkEmail.resend);
    await page.getByText(t.checkEmail.resent(user.email, 900)).waitFor();
    expect(await verify(visitor, user.email)).toBe(t.account.verified);
  });

  test('the page of an expired link sends a new one', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const user = await registerUser(site(), { isVerified: false, locale });
    const link = await mailedLink(visitor, user.email);
    await logIn(visitor, user);
    site().clock.advance(16 * 60);
    await page.goto(link);
    await heading(visitor, t.verifyEmail.expiredHeading).waitFor();
    await press(visitor, t.checkEmail.resend);
    await page.getByText(t.checkEmail.resent(user.email, 900)).waitFor();
    expect(await verify(visitor, user.email)).toBe(t.account.verified);
  });
});

test.each(LOCALES)(
  'the mail can be sent again after the wait, and only the newest link works, in %s',
  async (locale) => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    await page.clock.install();
    const { email, username, password } = newUser();
    await page.goto('/register');
    await fill(visitor, { email, username, password });
    await press(visitor, t.register.submit);
    await heading(visitor, t.checkEmail.heading).waitFor();
    const first = await mailedLink(visitor, email);
    await press(visitor, t.checkEmail.resend);
    await page.getByText(t.errors.RATE_LIMITED).waitFor();
    const waiting = page.getByRole('button', {
      name: locale === 'en' ? /Send new link in \d+ s/ : /\d+ 秒后可重新发送/,
    });
    await expectCountdown(visitor, waiting, 10);

    site().clock.advance(61);
    await page.clock.fastForward(61_000);
    await press(visitor, t.checkEmail.resend);
    await page.getByText(t.checkEmail.resent(email, 900)).waitFor();

    await page.goto(first);
    await heading(visitor, t.verifyEmail.invalidHeading).waitFor();
    await page.goto(await mailedLink(visitor, email));
    await press(visitor, t.verifyEmail.submit);
    await heading(visitor, t.verifyEmail.verifiedHeading).waitFor();
    await logIn(visitor, { email, password });
    expect(await page.locator('.badge').textContent()).toBe(t.account.verified);
  },
);

test.each(LOCALES)(
  'an expired link leads to a new one; a used link and a missing link have their own pages, in %s',
  async (locale) => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const user = await registerUser(site(), { isVerified: false, locale });
    const link = await mailedLink(visitor, user.email);
    site().clock.advance(16 * 60);
    await page.goto(link);
    await heading(visitor, t.verifyEmail.expiredHeading).waitFor();
    await fill(visitor, { email: user.email });
    await press(visitor, t.checkEmail.resend);
    await page.getByText(t.checkEmail.resent(user.email, 900)).waitFor();

    const fresh = await mailedLink(visitor, user.email);
    await page.goto(fresh);
    await press(visitor, t.verifyEmail.submit);
    await heading(visitor, t.verifyEmail.verifiedHeading).waitFor();
    await page.goto(fresh);
    await heading(visitor, t.verifyEmail.alreadyHeading).waitFor();
    await page.reload();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(t.verifyEmail.missingHeading);
  },
);
