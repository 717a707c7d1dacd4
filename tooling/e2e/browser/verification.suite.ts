import { describe, expect, test } from 'vitest';
import { registered } from './people.ts';
import { follow, heading, LOCALES, logIn, mailedLink, openStage, press, type Stage } from './stage.ts';
import { site } from './the-site.ts';

/** Follows the link in the next mail to somebody who is signed in, to the account; says whether that is verified. */
const verify = async (stage: Stage, email: string): Promise<string | null> => {
  const { page, t } = stage;
  await page.goto(await mailedLink(stage, email));
  await press(stage, t.verify.submit);
  await heading(stage, t.verify.verifiedHeading).waitFor();
  await follow(stage, t.common.toAccount);
  await heading(stage, t.account.heading).waitFor();
  return page.locator('.badge').textContent();
};

describe.each(LOCALES)('verification by whoever is signed in, in %s', (locale) => {
  test('the account says that its address is not verified, and has a link mailed', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const person = await registered(site(), { isVerified: false, locale });
    await mailedLink(stage, person.email);
    site().clock.advance(61);
    await logIn(stage, person);
    expect(await page.locator('.badge').textContent()).toBe(t.account.unverified);
    await page.getByText(t.account.unverifiedText).waitFor();
    await press(stage, t.checkMail.resend);
    await page.getByText(t.checkMail.resent(person.email, 900)).waitFor();
    expect(await verify(stage, person.email)).toBe(t.account.verified);
  });

  test('the page of an expired link has a new one mailed at once', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const person = await registered(site(), { isVerified: false, locale });
    const link = await mailedLink(stage, person.email);
    await logIn(stage, person);
    site().clock.advance(16 * 60);
    await page.goto(link);
    await press(stage, t.verify.submit);
    await heading(stage, t.verify.expiredHeading).waitFor();
    await press(stage, t.verify.resend);
    await page.getByText(t.checkMail.resent(person.email, 900)).waitFor();
    expect(await verify(stage, person.email)).toBe(t.account.verified);
  });
});
