import { describe, expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { newUser, registerUser } from './users.ts';
import { fill, heading, isAnnounced, isFocused, LOCALES, openVisitor, press } from './visitor.ts';

const site = setUpSite();

const failToLogIn = async (address: string, email: string): Promise<void> => {
  const answer = await fetch(`${site().api.url}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ email, password: 'a guess' }),
  });
  expect(answer.status).toBe(401);
};

describe.each(LOCALES)('captcha at login in %s', (locale) => {
  test('the captcha appears when the API requires one, and login works with it', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const user = await registerUser(site());
    for (let guess = 0; guess < 10; guess += 1)
      await failToLogIn(`10.9.${LOCALES.indexOf(locale)}.${guess}`, user.email);
    await page.goto('/login');
    await fill(visitor, { email: user.email, password: user.password });
    await press(visitor, t.login.submit);
    await page.getByText(t.errors.CAPTCHA_REQUIRED, { exact: true }).waitFor();
    expect(await isFocused(page.locator('.captcha'))).toBe(true);
    expect(await isAnnounced(visitor, '.captcha .field-error')).toBe(true);
    await fill(visitor, { password: 'not mine' });
    await press(visitor, t.login.submit);
    await page.getByText(t.errors.INVALID_CREDENTIALS).waitFor();
    expect(await isAnnounced(visitor, '.notice-bad')).toBe(true);
    await fill(visitor, { password: user.password });
    await press(visitor, t.login.submit);
    await heading(visitor, t.account.heading).waitFor();
  });
});

test.each(LOCALES)(
  'an unknown email shows an error at its field, and the next attempt solves a new captcha, in %s',
  async (locale) => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const { email } = await registerUser(site(), { locale });
    await page.goto('/forgot-password');
    await fill(visitor, { email: newUser().email });
    await press(visitor, t.forgotPassword.submit);
    await page.getByText(t.errors.EMAIL_NOT_REGISTERED).waitFor();
    await fill(visitor, { email });
    await press(visitor, t.forgotPassword.submit);
    expect(await page.locator('.notice-good').textContent()).toBe(t.forgotPassword.sentText(email, 1800));
  },
);

test('a captcha that loads late does not move the button while it is pressed', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  const script = Promise.withResolvers<void>();
  await page.route('**/load-altcha*.js', (route) => script.promise.then(() => route.continue()));
  await page.goto('/forgot-password');
  await fill(visitor, { email: newUser().email });
  const button = page.getByRole('button', { name: t.forgotPassword.submit, exact: true });
  const place = await button.boundingBox();
  await button.hover();
  await page.mouse.down();
  script.resolve();
  await page.getByText(t.captcha.verified).waitFor();
  expect(await button.boundingBox()).toEqual(place);
  await page.mouse.up();
  await page.getByText(t.errors.EMAIL_NOT_REGISTERED).waitFor();
});

test('a captcha that loads after the form was submitted is solved once', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  const script = Promise.withResolvers<void>();
  await page.route('**/load-altcha*.js', (route) => script.promise.then(() => route.continue()));
  await page.addInitScript(() => {
    const note = (event: Event) => event instanceof CustomEvent && performance.mark(event.detail.state);
    document.addEventListener('statechange', note, true);
  });
  await page.goto('/forgot-password');
  await fill(visitor, { email: newUser().email });
  await press(visitor, t.forgotPassword.submit);
  script.resolve();
  await page.getByText(t.errors.EMAIL_NOT_REGISTERED).waitFor();
  const states = await page.evaluate(() => performance.getEntriesByType('mark').map(({ name }) => name));
  expect(states.slice(0, 2)).toEqual(['verifying', 'verified']);
});
