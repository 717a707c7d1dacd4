import { createMoonlightClient, type MoonlightClient } from '@moonlight/client';
import { tokenIn } from '../src/mailbox.ts';
import type { Site } from './open-site.ts';

export interface TestUser {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

let users = 0;

/** A new user of this test alone, not registered yet. */
export const newUser = (): TestUser => {
  users += 1;
  const username = `moon_${process.pid}_${users}`;
  return { email: `${username}@example.com`, username, password: 'a long and quiet night' };
};

/** Registers a new user and verifies the email address; with `isVerified: false` that mail is left for the test to read. */
export const registerUser = async (
  { api, mailbox }: Pick<Site, 'api' | 'mailbox'>,
  { isVerified = true, locale = 'en' }: { isVerified?: boolean; locale?: 'en' | 'zh-CN' } = {},
): Promise<TestUser> => {
  const user = newUser();
  const client = createMoonlightClient({ url: api.url });
  await client.auth.register.mutate({ ...user, locale });
  if (isVerified) await client.emailVerification.confirm.mutate({ token: tokenIn(await mailbox.next(user.email)) });
  return user;
};

/** Logs a user in without the browser, as a device that sends `userAgent`. */
export const logInElsewhere = async (url: string, user: TestUser, userAgent: string): Promise<MoonlightClient> => {
  const client = createMoonlightClient({
    url,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('user-agent', userAgent);
      return fetch(input, { ...init, headers });
    },
  });
  await client.auth.login.mutate({ email: user.email, password: user.password });
  return client;
};
