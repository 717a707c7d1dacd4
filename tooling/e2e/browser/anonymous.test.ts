import { expect, test } from 'vitest';
import { setUpSite } from './open-site.ts';
import { registerUser } from './users.ts';
import { heading, LOCALES, logIn, openVisitor, type Visitor } from './visitor.ts';

const site = setUpSite();

/** Records every answer with an error status, and every error in the console, from now on. */
const recordErrors = ({ page }: Visitor): string[] => {
  const errors: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() >= 400) errors.push(`${answer.status()} ${answer.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
};

/** The answer to the page's question whether a user is logged in. */
const restored = ({ page }: Visitor) => page.waitForResponse((answer) => answer.url().endsWith('/sessions.restore'));

test.each(LOCALES)('a visitor who is not logged in causes no error in the console, in %s', async (locale) => {
  await using visitor = await openVisitor(site(), locale);
  const { page, t } = visitor;
  const errors = recordErrors(visitor);
  for (const [path, title] of [
    ['/', t.home.heading],
    ['/login', t.login.heading],
    ['/register', t.register.heading],
    ['/account', t.login.heading],
  ] as const) {
    const answer = restored(visitor);
    await page.goto(path);
    await heading(visitor, title).waitFor();
    expect((await answer).status()).toBe(200);
  }
  expect(errors).toEqual([]);
});

test('a session that was ended elsewhere causes no error when the page is opened again', async () => {
  await using visitor = await openVisitor(site(), 'en');
  const { page, t } = visitor;
  const user = await registerUser(site());
  await logIn(visitor, user);
  const { db } = site().api.deps;
  await db.$client.query('update sessions set revoked_at = now()');
  const errors = recordErrors(visitor);
  await page.goto('/account');
  await heading(visitor, t.login.heading).waitFor();
  expect(await page.context().cookies()).toEqual([]);
  expect(errors).toEqual([]);
});
