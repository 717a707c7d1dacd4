import { describe, expect, test } from 'vitest';
import { newPerson, registered } from './people.ts';
import {
  fill,
  follow,
  followFromInbox,
  heading,
  input,
  LOCALES,
  logIn,
  mailedCode,
  mailedLink,
  noteAddresses,
  openStage,
  press,
  type Stage,
} from './stage.ts';
import { site } from './the-site.ts';

const newPassword = 'another long and quiet night';

/** Has a link for a new password mailed. */
const askForLink = async (stage: Stage, email: string): Promise<void> => {
  const { page, t } = stage;
  await page.goto('/forgot-password');
  await fill(stage, { email });
  await press(stage, t.forgot.submit);
  await page.getByText(t.forgot.sentText(email, 1800)).waitFor();
};

describe.each(LOCALES)('password reset in %s', (locale) => {
  test.concurrent('by a link: captcha solved by itself, token gone from the address, link good for once', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const { email } = await registered(site(), { locale });
    await page.goto('/login');
    await follow(stage, t.login.forgot);
    await heading(stage, t.forgot.heading).waitFor();
    await fill(stage, { email });
    await press(stage, t.forgot.submit);
    await page.getByText(t.forgot.sentText(email, 1800)).waitFor();

    const link = await mailedLink(stage, email);
    const addresses = await noteAddresses(stage);
    await page.goto(link);
    await heading(stage, t.reset.heading).waitFor();
    expect(page.url()).toBe(`${site().url}/reset-password`);
    await fill(stage, { newPassword: 'short' });
    await press(stage, t.reset.submit);
    await page.getByText(locale === 'en' ? '8 to 128 characters' : '须为 8 到 128 个字符').waitFor();
    expect(new Set(await addresses(page))).toEqual(new Set([`${site().url}/reset-password`]));
    await fill(stage, { newPassword });
    await press(stage, t.reset.submit);
    await page.getByText(t.login.passwordReset).waitFor();
    await fill(stage, { email, password: newPassword });
    await press(stage, t.login.submit);
    await heading(stage, t.account.heading).waitFor();

    await page.goto(link);
    await fill(stage, { newPassword });
    await press(stage, t.reset.submit);
    await heading(stage, t.reset.usedHeading).waitFor();
  });

  test.concurrent('by a code', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const { email } = await registered(site(), { locale });
    await page.goto('/forgot-password');
    await fill(stage, { email });
    await follow(stage, t.forgot.useCode);
    await heading(stage, t.reset.heading).waitFor();
    expect(await input(stage, 'email').inputValue()).toBe(email);
    await press(stage, t.code.send);
    await page.getByText(t.code.sent(email, 600)).waitFor();
    await fill(stage, { code: await mailedCode(stage, email), newPassword });
    await press(stage, t.reset.submit);
    await page.getByText(t.login.passwordReset).waitFor();
    expect(await input(stage, 'email').inputValue()).toBe(email);
    await fill(stage, { password: newPassword });
    await press(stage, t.login.submit);
    await heading(stage, t.account.heading).waitFor();
  });
});

test.each(LOCALES)('a link that is opened on another device works there, in %s', async (locale) => {
  await using stage = await openStage(site(), locale);
  const { page, t } = stage;
  const { email } = await registered(site(), { locale });
  await askForLink(stage, email);

  await using device = await openStage(site(), locale);
  const other = await followFromInbox(device, email, locale === 'en' ? 'Choose a new password' : '设置新密码');
  await heading(other, t.reset.heading).waitFor();
  await fill(other, { newPassword });
  await press(other, t.reset.submit);
  await other.page.getByText(t.login.passwordReset).waitFor();
  await logIn(stage, { email, password: newPassword });
  expect(page.url()).toBe(`${site().url}/account`);
});

test.each(LOCALES)(
  'an unknown address is said at its field, and the next try solves a captcha of its own, in %s',
  async (locale) => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const { email } = await registered(site(), { locale });
    await page.goto('/forgot-password');
    await fill(stage, { email: newPerson().email });
    await press(stage, t.forgot.submit);
    await page.getByText(locale === 'en' ? 'This email is not registered' : '该邮箱未注册').waitFor();
    await fill(stage, { email });
    await press(stage, t.forgot.submit);
    expect(await page.locator('.notice-good').textContent()).toBe(t.forgot.sentText(email, 1800));
  },
);

test('a captcha that comes late does not take the button away from whoever is pressing it', async () => {
  await using stage = await openStage(site(), 'en');
  const { page, t } = stage;
  const script = Promise.withResolvers<void>();
  await page.route('**/load-altcha*.js', (route) => script.promise.then(() => route.continue()));
  await page.goto('/forgot-password');
  await fill(stage, { email: newPerson().email });
  const button = page.getByRole('button', { name: t.forgot.submit, exact: true });
  const place = await button.boundingBox();
  await button.hover();
  await page.mouse.down();
  script.resolve();
  await page.getByText(t.captcha.verified).waitFor();
  expect(await button.boundingBox()).toEqual(place);
  await page.mouse.up();
  await page.getByText('This email is not registered').waitFor();
});

test('a captcha that comes while somebody waits for it is solved once', async () => {
  await using stage = await openStage(site(), 'en');
  const { page, t } = stage;
  const script = Promise.withResolvers<void>();
  await page.route('**/load-altcha*.js', (route) => script.promise.then(() => route.continue()));
  await page.addInitScript(() => {
    const note = (event: Event) => event instanceof CustomEvent && performance.mark(event.detail.state);
    document.addEventListener('statechange', note, true);
  });
  await page.goto('/forgot-password');
  await fill(stage, { email: newPerson().email });
  await press(stage, t.forgot.submit);
  script.resolve();
  await page.getByText('This email is not registered').waitFor();
  const states = await page.evaluate(() => performance.getEntriesByType('mark').map(({ name }) => name));
  expect(states.slice(0, 2)).toEqual(['verifying', 'verified']);
});

test.each(LOCALES)('an expired link leads to a new one, in %s', async (locale) => {
  await using stage = await openStage(site(), locale);
  const { page, t } = stage;
  const { email } = await registered(site(), { locale });
  await askForLink(stage, email);
  const link = await mailedLink(stage, email);
  site().clock.advance(31 * 60);
  await page.goto(link);
  await fill(stage, { newPassword });
  await press(stage, t.reset.submit);
  await heading(stage, t.reset.expiredHeading).waitFor();
  await follow(stage, t.reset.another);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(t.forgot.heading);
});
