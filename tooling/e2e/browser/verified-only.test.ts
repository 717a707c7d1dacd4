import { expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { newUser, type TestUser } from './users.ts';
import {
  fill,
  follow,
  heading,
  input,
  LOCALES,
  logIn,
  mailedLink,
  openVisitor,
  press,
  type Visitor,
} from './visitor.ts';

const site = setUpSite({ REQUIRE_VERIFIED_EMAIL: 'true' });

const register = async (visitor: Visitor): Promise<TestUser> => {
  const { page, t } = visitor;
  const user = newUser();
  await page.goto('/register');
  await fill(visitor, { email: user.email, username: user.username, password: user.password });
  await press(visitor, t.register.submit);
  await heading(visitor, t.checkEmail.heading).waitFor();
  return user;
};

/** Verifies a user with the next mail and logs in; returns what the account page then says about the email address. */
const verifyAndLogIn = async (visitor: Visitor, user: TestUser): Promise<string | null> => {
  const { page, t } = visitor;
  await page.goto(await mailedLink(visitor, user.email));
  await press(visitor, t.verifyEmail.submit);
  await heading(visitor, t.verifyEmail.verifiedHeading).waitFor();
  await logIn(visitor, user);
  return page.locator('.badge').textContent();
};

test.each(LOCALES)('the page of an expired link sends a new one to a user who cannot log in, in %s', async (locale) => {
  await using visitor = await openVisitor(site(), locale);
  const { page, t } = visitor;
  const user = await register(visitor);
  const link = await mailedLink(visitor, user.email);
  site().clock.advance(16 * 60);
  await page.goto(link);
  await heading(visitor, t.verifyEmail.expiredHeading).waitFor();
  await fill(visitor, { email: newUser().email });
  await press(visitor, t.checkEmail.resend);
  await page.getByText(t.errors.EMAIL_NOT_REGISTERED).waitFor();
  await fill(visitor, { email: user.email });
  await press(visitor, t.checkEmail.resend);
  await page.getByText(t.checkEmail.resent(user.email, 900)).waitFor();
  expect(await verifyAndLogIn(visitor, user)).toBe(t.account.verified);
});

test.each(LOCALES)('the login page leads to a new link, also when a captcha is required, in %s', async (locale) => {
  await using visitor = await openVisitor(site(), locale);
  const { page, t } = visitor;
  const user = await register(visitor);
  await mailedLink(visitor, user.email);
  await page.goto('/login');
  await fill(visitor, { email: user.email, password: user.password });
  await press(visitor, t.login.submit);
  await page.getByText(t.errors.EMAIL_NOT_VERIFIED).waitFor();
  await follow(visitor, t.login.newLink);
  await heading(visitor, t.checkEmail.heading).waitFor();
  expect(await input(visitor, 'email').inputValue()).toBe(user.email);
  for (let mails = 1; mails <= 2; mails += 1) {
    site().clock.advance(61);
    await page.reload();
    await fill(visitor, { email: user.email });
    await press(visitor, t.checkEmail.resend);
    await page.getByText(t.checkEmail.resent(user.email, 900)).waitFor();
    await mailedLink(visitor, user.email);
  }
  site().clock.advance(61);
  await page.reload();
  await fill(visitor, { email: user.email });
  await press(visitor, t.checkEmail.resend);
  await page.getByText(t.errors.CAPTCHA_REQUIRED).waitFor();
  await press(visitor, t.checkEmail.resend);
  await page.getByText(t.checkEmail.resent(user.email, 900)).waitFor();
  expect(await verifyAndLogIn(visitor, user)).toBe(t.account.verified);
});
