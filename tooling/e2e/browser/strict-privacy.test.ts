import { expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { newUser } from './users.ts';
import { fill, heading, input, mailedCode, openVisitor, press } from './visitor.ts';

const site = setUpSite({ ACCOUNT_PRIVACY: 'strict', CAPTCHA_PROVIDER: 'none' });

test('with strict privacy the registration page switches to codes and keeps what was typed', async () => {
  await using visitor = await openVisitor(site(), 'zh-CN');
  const { page, t } = visitor;
  const { email, username, password } = newUser();
  await page.goto('/register');
  await fill(visitor, { email, username, password });
  await press(visitor, t.register.submit);
  await page.getByText(t.register.codeOnly).waitFor();
  expect(await input(visitor, 'email').inputValue()).toBe(email);
  await press(visitor, t.code.send);
  await page.getByText(t.code.sent(email, 600)).waitFor();
  await input(visitor, 'code').fill(await mailedCode(visitor, email));
  await press(visitor, t.register.submit);
  await heading(visitor, t.account.heading).waitFor();
});

test('without a captcha provider the forms work without a captcha', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  await page.goto('/forgot-password');
  await fill(visitor, { email: 'unknown@example.com' });
  await page.locator('.captcha').waitFor({ state: 'detached' });
  await press(visitor, t.forgotPassword.submit);
  await page.getByText(t.forgotPassword.sentText('unknown@example.com', 1800)).waitFor();
  expect(await page.locator('altcha-widget').count()).toBe(0);
});
