import { describe, expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { logInElsewhere, registerUser, type TestUser } from './users.ts';
import {
  expectCountdown,
  fill,
  follow,
  heading,
  isAnnounced,
  LOCALES,
  logIn,
  openVisitor,
  press,
  type Visitor,
} from './visitor.ts';

const site = setUpSite();

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0';

const failToLogIn = async (address: string, email: string): Promise<void> => {
  const answer = await fetch(`${site().api.url}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ email, password: 'a guess' }),
  });
  expect(answer.status).toBe(401);
};

/** A time as the pages write it. */
const formatTime = (moment: Date, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Zurich' }).format(moment);

/** Follows the link to the sessions page after the session has ended: login, then back to the sessions page. */
const logInAgainForSessions = async (visitor: Visitor, { email, password }: TestUser): Promise<void> => {
  const { page, t } = visitor;
  await follow(visitor, t.common.sessions);
  await page.getByText(t.login.ended).waitFor();
  expect(page.url()).toBe(`${site().url}/login?next=%2Fsessions`);
  await fill(visitor, { email, password });
  await press(visitor, t.login.submit);
  await heading(visitor, t.sessions.heading).waitFor();
};

describe.each(LOCALES)('sessions in %s', (locale) => {
  test('the list shows time and IP address; ending one session, or all others, keeps the current one', async () => {
    const address = `10.7.0.${LOCALES.indexOf(locale)}`;
    await using visitor = await openVisitor(site(), locale, address);
    const { page, t } = visitor;
    const now = site().clock.now();
    await page.clock.setFixedTime(now.getTime() + 5 * 60_000);
    const user = await registerUser(site());
    const first = await logInElsewhere(site().api.url, user, FIREFOX);
    await logInElsewhere(site().api.url, user, 'curl/8.5.0');
    await logIn(visitor, user);
    await follow(visitor, t.common.sessions);
    await heading(visitor, t.sessions.heading).waitFor();
    const rows = page.locator('.session');
    await rows.nth(2).waitFor();
    expect(await rows.nth(0).textContent()).toContain(t.sessions.current);
    for (const [index, ip] of [address, '127.0.0.1', '127.0.0.1'].entries()) {
      expect(await rows.nth(index).locator('.session-when').allTextContents()).toEqual([
        `${t.sessions.lastUsed(locale === 'en' ? '5 minutes ago' : '5分钟前')} · ${t.sessions.address(ip)}`,
        t.sessions.since(formatTime(now, locale)),
      ]);
    }
    await press(visitor, t.sessions.endNamed(t.sessions.browserOn('Firefox', 'Windows')));
    await page.getByText(t.sessions.ended(t.sessions.browserOn('Firefox', 'Windows'))).waitFor();
    await expect(first.account.profile.query()).rejects.toMatchObject({ data: { error: 'REFRESH_TOKEN_INVALID' } });
    await press(visitor, t.sessions.endOthers);
    await page.getByText(t.sessions.othersEnded(1)).waitFor();
    expect(await isAnnounced(visitor, '.notice-good')).toBe(true);
    await page.getByText(t.sessions.alone).waitFor();
    expect(await rows.count()).toBe(1);
  });

  test('a session that another device ended: login returns to the page', async () => {
    await using visitor = await openVisitor(site(), locale);
    const user = await registerUser(site());
    await logIn(visitor, user);
    const other = await logInElsewhere(site().api.url, user, 'curl/8.5.0');
    await other.sessions.revokeOthers.mutate();
    await logInAgainForSessions(visitor, user);
    expect(visitor.page.url()).toBe(`${site().url}/sessions`);
  });

  test('two tabs: a login or logout in one tab applies to the other', async () => {
    await using visitor = await openVisitor(site(), locale);
    const { page, t } = visitor;
    const user = await registerUser(site());
    const second = { ...visitor, page: await page.context().newPage() };
    await second.page.goto('/login');
    await heading(second, t.login.heading).waitFor();
    await logIn(visitor, user);
    await heading(second, t.account.heading).waitFor();
    await press(second, t.common.logout);
    await page.getByText(t.login.loggedOut).waitFor();
    await second.page.getByText(t.login.loggedOut).waitFor();
    await second.page.goto('/account');
    await heading(second, t.login.heading).waitFor();
    expect(second.page.url()).toBe(`${site().url}/login?next=%2Faccount`);
  });
});

test.each(LOCALES)('a wait that the API demands is counted down, and then login works again, in %s', async (locale) => {
  const address = `10.8.0.${LOCALES.indexOf(locale)}`;
  await using visitor = await openVisitor(site(), locale, address);
  const { page, t } = visitor;
  const user = await registerUser(site(), { locale });
  await page.clock.install();
  // The ninth failure makes the next try wait for 16 seconds, after 2, 4 and 8.
  for (let guess = 0; guess < 9; guess += 1) {
    site().clock.advance(8);
    await failToLogIn(address, user.email);
  }
  await page.goto('/login');
  await fill(visitor, { email: user.email, password: user.password });
  await press(visitor, t.login.submit);
  await page.getByText(t.errors.RATE_LIMITED).waitFor();
  const button = page.getByRole('button', { name: t.login.submit });
  expect(await button.getAttribute('aria-disabled')).toBe('true');
  await expectCountdown(visitor, page.locator('.notice-bad [aria-hidden]'), 5);
  site().clock.advance(16);
  await page.clock.fastForward(16_000);
  await press(visitor, t.login.submit);
  await heading(visitor, t.account.heading).waitFor();
});

test.each(LOCALES)('an expired session: login returns to the page, in %s', async (locale) => {
  await using visitor = await openVisitor(site(), locale);
  const user = await registerUser(site(), { locale });
  await logIn(visitor, user);
  site().clock.advance(8 * 86_400);
  await logInAgainForSessions(visitor, user);
  expect(visitor.page.url()).toBe(`${site().url}/sessions`);
});

test('scripts cannot read the refresh token, and the session survives a reload', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  await logIn(visitor, await registerUser(site()));
  await page.reload();
  await heading(visitor, t.account.heading).waitFor();
  const reachable = await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
  expect(reachable).toEqual(['', 0, 0]);
  expect(await page.context().cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
});

test('a `next` parameter that names another site is ignored after login', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  const user = await registerUser(site());
  await page.goto(`/login?next=${encodeURIComponent('https://elsewhere.example/')}`);
  await fill(visitor, { email: user.email, password: user.password });
  await press(visitor, t.login.submit);
  await heading(visitor, t.account.heading).waitFor();
  expect(page.url()).toBe(`${site().url}/account`);
});

test('a session that another device ended: a second tab shows the login page too, and returns to its own page', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  const user = await registerUser(site());
  await logIn(visitor, user);
  const second = { ...visitor, page: await page.context().newPage() };
  await second.page.goto('/sessions');
  await heading(second, t.sessions.heading).waitFor();
  const other = await logInElsewhere(site().api.url, user, 'curl/8.5.0');
  await other.sessions.revokeOthers.mutate();
  await follow(visitor, t.common.sessions);
  await second.page.getByText(t.login.ended).waitFor();
  expect(second.page.url()).toBe(`${site().url}/login?next=%2Fsessions`);
});
