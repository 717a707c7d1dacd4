import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { elsewhere, type Person, newPerson, registered } from './people.ts';
import { fill, follow, heading, input, LOCALES, logIn, mailedLink, openStage, press, type Stage } from './stage.ts';
import { site } from './the-site.ts';

/** Cuts the browser off the service until the returned function is called. */
const cutOff = async ({ page }: Stage): Promise<() => Promise<void>> => {
  const everything = `${site().api.url}/**`;
  await page.context().route(everything, (route) => route.abort('connectionrefused'));
  return () => page.context().unroute(everything);
};

/** Turns to the sessions when one's own is over: logs in, and is where one wanted to be. */
const goOnToSessions = async (stage: Stage, { email, password }: Person): Promise<void> => {
  const { page, t } = stage;
  await follow(stage, t.common.sessions);
  await page.getByText(t.login.ended).waitFor();
  expect(page.url()).toBe(`${site().url}/login?next=%2Fsessions`);
  await fill(stage, { email, password });
  await press(stage, t.login.submit);
  await heading(stage, t.sessions.heading).waitFor();
};

describe.each(LOCALES)('bad days in %s', (locale) => {
  test.concurrent('the service is away while somebody logs in: a calm word, nothing lost, and it goes on', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const person = await registered(site());
    await page.goto('/login');
    await fill(stage, { email: person.email, password: person.password });
    const reconnect = await cutOff(stage);
    await press(stage, t.login.submit);
    await page.getByText(t.away.title, { exact: true }).waitFor();
    await page.getByText(t.away.unsent).waitFor();
    expect(await input(stage, 'password').inputValue()).toBe(person.password);
    await reconnect();
    await press(stage, t.common.retry);
    await page.getByText(t.away.title, { exact: true }).waitFor({ state: 'detached' });
    await press(stage, t.login.submit);
    await heading(stage, t.account.heading).waitFor();
  });

  test.concurrent('a session that was ended elsewhere: log in, and be back where one was', async () => {
    await using stage = await openStage(site(), locale);
    const person = await registered(site());
    await logIn(stage, person);
    const other = await elsewhere(site().api.url, person, 'curl/8.5.0');
    await other.sessions.revokeOthers.mutate();
    await goOnToSessions(stage, person);
    expect(stage.page.url()).toBe(`${site().url}/sessions`);
  });

  test.concurrent('two tabs: logging in, and out, in one does so in the other', async () => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    const person = await registered(site());
    const second = { ...stage, page: await page.context().newPage() };
    await second.page.goto('/login');
    await heading(second, t.login.heading).waitFor();
    await logIn(stage, person);
    await heading(second, t.account.heading).waitFor();
    await press(second, t.common.logout);
    await page.getByText(t.login.loggedOut).waitFor();
    await second.page.getByText(t.login.loggedOut).waitFor();
    await second.page.goto('/account');
    await heading(second, t.login.heading).waitFor();
    expect(second.page.url()).toBe(`${site().url}/login?next=%2Faccount`);
  });
});

test.each(LOCALES)(
  'the service is away when a page is opened: it comes up by itself once the service is back, in %s',
  async (locale) => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    await logIn(stage, await registered(site(), { locale }));
    const reconnect = await cutOff(stage);
    await page.reload();
    await page.getByText(t.away.title, { exact: true }).waitFor();
    await reconnect();
    await heading(stage, t.account.heading).waitFor();
    await page.getByText(t.away.title, { exact: true }).waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${site().url}/account`);
  },
);

test.each(LOCALES)('a session that has expired: log in, and be back where one was, in %s', async (locale) => {
  await using stage = await openStage(site(), locale);
  const person = await registered(site(), { locale });
  await logIn(stage, person);
  site().clock.advance(8 * 86_400);
  await goOnToSessions(stage, person);
  expect(stage.page.url()).toBe(`${site().url}/sessions`);
});

test.each(LOCALES)(
  'the service fails: it says so with a reference for its log, and is asked again, in %s',
  async (locale) => {
    await using stage = await openStage(site(), locale);
    const { page, t } = stage;
    await logIn(stage, await registered(site(), { locale }));
    const database = new pg.Client({ connectionString: site().api.database.url });
    await database.connect();
    await database.query('alter table users rename to users_gone');
    await page.goto('/account');
    await page.getByText(locale === 'en' ? 'Something went wrong' : '服务内部错误').waitFor();
    expect(await page.locator('.notice .small').textContent()).toMatch(new RegExp(`^${t.common.reference('\\S+')}$`));
    await database.query('alter table users_gone rename to users');
    await database.end();
    await press(stage, t.common.retry);
    await heading(stage, t.account.heading).waitFor();
  },
);

test.each(LOCALES)('a double click is one request, whatever it asks for, in %s', async (locale) => {
  await using stage = await openStage(site(), locale);
  const { page, t } = stage;
  const { email, username, password } = newPerson();
  const calls: string[] = [];
  page.on('request', (request) => {
    // What is asked at the same time travels together.
    const procedures = new URL(request.url()).pathname.replace('/trpc/', '').split(',');
    if (request.method() === 'POST') calls.push(...procedures.filter((procedure) => procedure !== 'auth.refresh'));
  });
  // Two clicks before anything can be drawn in between.
  const pressTwice = (name: string) =>
    page.getByRole('button', { name, exact: true }).evaluate((button) => {
      if (!(button instanceof HTMLElement)) throw new Error('a button was expected');
      button.click();
      button.click();
    });
  await page.goto('/register');
  await fill(stage, { email, username, password });
  await pressTwice(t.register.submit);
  await heading(stage, t.checkMail.heading).waitFor();
  await page.goto(await mailedLink(stage, email));
  await pressTwice(t.verify.submit);
  await heading(stage, t.verify.verifiedHeading).waitFor();
  await page.goto('/forgot-password');
  await fill(stage, { email });
  await pressTwice(t.forgot.submit);
  await page.getByText(t.forgot.sentText(email, 1800)).waitFor();
  await page.goto('/login');
  await fill(stage, { email, password });
  await pressTwice(t.login.submit);
  await heading(stage, t.account.heading).waitFor();
  await pressTwice(t.common.logout);
  await page.getByText(t.login.loggedOut).waitFor();
  expect(calls).toEqual([
    'auth.register',
    'emailVerification.confirm',
    'passwordReset.send',
    'auth.login',
    'auth.logout',
  ]);
});

test('the refresh token is in no script’s reach, and the session survives a reload', async () => {
  await using stage = await openStage(site(), 'en');
  const { page, t } = stage;
  await logIn(stage, await registered(site()));
  await page.reload();
  await heading(stage, t.account.heading).waitFor();
  const reachable = await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
  expect(reachable).toEqual(['', 0, 0]);
  expect(await page.context().cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
});

test('the language changes in the middle of a form: what was typed stays, what the service said goes', async () => {
  await using stage = await openStage(site(), 'en');
  const { page } = stage;
  await page.goto('/login');
  await fill(stage, { email: 'alice@example.com', password: 'a guess' });
  await press(stage, 'Log in');
  await page.getByText('Invalid credentials, incorrect email or password').waitFor();
  await press(stage, '简体中文');
  await page.getByRole('heading', { level: 1, name: '欢迎回来' }).waitFor();
  expect(await page.evaluate(() => [document.documentElement.lang, document.title])).toEqual([
    'zh-CN',
    '登录 · Moonlight',
  ]);
  expect(await input(stage, 'email').inputValue()).toBe('alice@example.com');
  expect(await page.locator('.notice').count()).toBe(0);
  await press(stage, '登录');
  await page.getByText('邮箱或密码错误').waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: '欢迎回来' }).waitFor();
});

test('colours follow the system until somebody chooses, and the choice is remembered', async () => {
  await using stage = await openStage(site(), 'en');
  const { page, t } = stage;
  const isDark = () =>
    page.evaluate(() => getComputedStyle(document.querySelector('.panel')!).backgroundColor === 'rgb(19, 25, 48)');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/');
  await heading(stage, t.home.heading).waitFor();
  expect(await isDark()).toBe(true);
  await press(stage, t.common.toLight);
  expect(await isDark()).toBe(false);
  await page.reload();
  await heading(stage, t.home.heading).waitFor();
  expect(await isDark()).toBe(false);
  await press(stage, t.common.toDark);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: t.common.toDark }).waitFor();
});

test('an address to go to after logging in that is none of ours is not gone to', async () => {
  await using stage = await openStage(site(), 'en');
  const { page, t } = stage;
  const person = await registered(site());
  await page.goto(`/login?next=${encodeURIComponent('https://elsewhere.example/')}`);
  await fill(stage, { email: person.email, password: person.password });
  await press(stage, t.login.submit);
  await heading(stage, t.account.heading).waitFor();
  expect(page.url()).toBe(`${site().url}/account`);
});

test('a session that was ended elsewhere: the tab that did not ask says so too, and comes back', async () => {
  await using stage = await openStage(site(), 'en');
  const { page, t } = stage;
  const person = await registered(site());
  await logIn(stage, person);
  const second = { ...stage, page: await page.context().newPage() };
  await second.page.goto('/sessions');
  await heading(second, t.sessions.heading).waitFor();
  const other = await elsewhere(site().api.url, person, 'curl/8.5.0');
  await other.sessions.revokeOthers.mutate();
  await follow(stage, t.common.sessions);
  await second.page.getByText(t.login.ended).waitFor();
  expect(second.page.url()).toBe(`${site().url}/login?next=%2Fsessions`);
});
