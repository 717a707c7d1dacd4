import { expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { logInElsewhere, newUser, registerUser } from './users.ts';
import { fill, follow, heading, LOCALES, mailedLink, openVisitor, press } from './visitor.ts';

const site = setUpSite();
const ANDROID = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';

/** A stranger registers an email with a phone and stays logged in; the API sees `address`. */
const hijack = async (locale: (typeof LOCALES)[number], address: string) => {
  const stranger = newUser();
  const headers = { 'user-agent': ANDROID, 'x-forwarded-for': address, 'content-type': 'application/json' };
  const body = JSON.stringify({ ...stranger, locale });
  await fetch(`${site().api.url}/trpc/auth.register`, { method: 'POST', headers, body });
  return { stranger, client: await logInElsewhere(site().api.url, stranger, ANDROID) };
};

test.each(LOCALES)(
  'the owner of an email that a stranger registered sees who it was, rejects it, and registers, in %s',
  async (locale) => {
    const { stranger, client } = await hijack(locale, '203.0.113.77');
    await using owner = await openVisitor(site(), locale);
    const { page, t } = owner;
    const time = new Intl.DateTimeFormat(locale, {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      timeZone: 'Europe/Zurich',
      timeZoneName: 'short',
    });
    await page.goto(await mailedLink(owner, stranger.email));
    await heading(owner, t.verifyEmail.heading).waitFor();
    for (const fact of [
      stranger.username,
      time.format(site().clock.now()),
      t.sessions.browserOn('Chrome', 'Android'),
      '203.0.113.77',
    ])
      await page.getByText(fact, { exact: true }).waitFor();
    expect((await client.account.profile.query()).email).toBe(stranger.email);
    const authorization = `Bearer ${await client.accessToken()}`;

    await press(owner, t.verifyEmail.reject);
    await heading(owner, t.verifyEmail.rejectedHeading).waitFor();
    const profile = await fetch(`${site().api.url}/api/v1/auth/profile`, { headers: { authorization } });
    expect(await profile.json()).toMatchObject({ error: 'USER_NOT_FOUND' });

    site().clock.advance(61);
    await follow(owner, t.common.register);
    const { email, username } = stranger;
    await fill(owner, { email, username, password: 'known to the owner alone' });
    await press(owner, t.register.submit);
    await page.getByText(t.checkEmail.sentTo(email)).waitFor();
    await page.goto(await mailedLink(owner, email));
    await press(owner, t.verifyEmail.submit);
    await heading(owner, t.verifyEmail.verifiedHeading).waitFor();
  },
);

test.each(LOCALES)('a link that was verified elsewhere meanwhile cannot be rejected, in %s', async (locale) => {
  await using visitor = await openVisitor(site(), locale);
  const { page, t } = visitor;
  const { email } = await registerUser(site(), { isVerified: false, locale });
  const link = await mailedLink(visitor, email);
  await page.goto(link);
  await heading(visitor, t.verifyEmail.heading).waitFor();
  const other = await page.context().newPage();
  await other.goto(link);
  await press({ ...visitor, page: other }, t.verifyEmail.submit);
  await heading({ ...visitor, page: other }, t.verifyEmail.verifiedHeading).waitFor();
  await press(visitor, t.verifyEmail.reject);
  await heading(visitor, t.verifyEmail.alreadyHeading).waitFor();
  expect(await page.getByRole('button', { name: t.verifyEmail.reject }).count()).toBe(0);
});
