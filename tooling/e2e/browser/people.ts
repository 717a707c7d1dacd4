import { createMoonlightClient, type MoonlightClient } from '@moonlight/client';
import { tokenIn } from '../src/mailbox.ts';
import type { Site } from './open-site.ts';

/** Somebody with an account. */
export interface Person {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

let people = 0;

/** Somebody nobody else is, without an account yet. */
export const newPerson = (): Person => {
  people += 1;
  const username = `moon_${process.pid}_${people}`;
  return { email: `${username}@example.com`, username, password: 'a long and quiet night' };
};

/** Somebody registered: with a verified address, unless a journey wants to read that mail itself. */
export const registered = async (
  { api, mailbox }: Pick<Site, 'api' | 'mailbox'>,
  { isVerified = true, locale = 'en' }: { isVerified?: boolean; locale?: 'en' | 'zh-CN' } = {},
): Promise<Person> => {
  const person = newPerson();
  const client = createMoonlightClient({ url: api.url });
  await client.auth.register.mutate({ ...person, locale });
  if (isVerified) await client.emailVerification.confirm.mutate({ token: tokenIn(await mailbox.next(person.email)) });
  return person;
};

/** Logs somebody in elsewhere, on a machine that calls itself `device`. */
export const elsewhere = async (url: string, person: Person, device: string): Promise<MoonlightClient> => {
  const client = createMoonlightClient({
    url,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('user-agent', device);
      return fetch(input, { ...init, headers });
    },
  });
  await client.auth.login.mutate({ email: person.email, password: person.password });
  return client;
};
