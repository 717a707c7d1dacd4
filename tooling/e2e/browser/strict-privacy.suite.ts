import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPerson } from './people.ts';
import { fill, heading, input, mailedCode, openStage, press } from './stage.ts';
import { openSite, type Site } from './open-site.ts';
import { browser } from './the-site.ts';

describe('with strict privacy and no captcha', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite(browser(), { ACCOUNT_PRIVACY: 'strict', CAPTCHA_PROVIDER: 'none' });
  });
  afterAll(() => site.close());

  test('where the service registers nobody without a code, the page turns to codes and keeps what was typed', async () => {
    await using stage = await openStage(site, 'zh-CN');
    const { page, t } = stage;
    const { email, username, password } = newPerson();
    await page.goto('/register');
    await fill(stage, { email, username, password });
    await press(stage, t.register.submit);
    await page.getByText(t.register.codeOnly).waitFor();
    expect(await input(stage, 'email').inputValue()).toBe(email);
    await press(stage, t.code.send);
    await page.getByText(t.code.sent(email, 600)).waitFor();
    await input(stage, 'code').fill(await mailedCode(stage, email));
    await press(stage, t.register.submit);
    await heading(stage, t.account.heading).waitFor();
  });

  test('a service without a captcha of its own is asked without one', async () => {
    await using stage = await openStage(site, 'en');
    const { page, t } = stage;
    await page.goto('/forgot-password');
    await fill(stage, { email: 'nobody@example.com' });
    await page.locator('.captcha').waitFor({ state: 'detached' });
    await press(stage, t.forgot.submit);
    await page.getByText(t.forgot.sentText('nobody@example.com', 1800)).waitFor();
    expect(await page.locator('altcha-widget').count()).toBe(0);
  });

  test('no page asked anybody else, told where it was, broke its policy or threw', () => {
    expect(site.complaints).toEqual([]);
  });
});
