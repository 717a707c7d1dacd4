import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import { createMoonlightClient, isMoonlightError, memoryStore, type MoonlightClientOptions } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCuttableProxy } from '../src/cuttable-proxy.ts';
import { recordCalls } from '../src/record-calls.ts';
import { recordEvents } from '../src/record-events.ts';

const clock = createTestClock();
const password = 'a long and quiet night';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ overrides: { clock }, env: { REGISTRATIONS_PER_IP_PER_HOUR: '1000' } });
});
afterAll(() => server.close());

let names = 0;
const register = async () => {
  names += 1;
  const username = `user_${names}`;
  const email = `${username}@example.com`;
  await createMoonlightClient({ url: server.url }).auth.register.mutate({ email, username, password });
  return { email, username };
};

const signIn = async (options: Partial<MoonlightClientOptions> = {}) => {
  const { email, username } = await register();
  const record = recordCalls();
  const store = memoryStore();
  const client = createMoonlightClient({ url: server.url, fetch: record.fetch, session: store, ...options });
  const events = recordEvents(client);
  await client.auth.login.mutate({ email, password });
  return { client, record, events, store, email, username };
};

const expireAccessToken = () => clock.advance(31 * 60);

test('register, verify, log in, look at the profile, log out', async () => {
  const client = createMoonlightClient({ url: server.url });
  const events = recordEvents(client);
  const email = 'Alice@example.com';
  const { user, tokens } = await client.auth.register.mutate({ email, username: 'alice', password });
  expect([user.isEmailVerified, tokens, await client.restore()]).toEqual([false, null, false]);

  const { url } = await server.lastMail('verification-link', email);
  const token = new URL(url).searchParams.get('token')!;
  expect(await client.emailVerification.confirm.mutate({ token })).toEqual({ status: 'verified' });

  await client.auth.login.mutate({ email, password });
  expect(await client.account.profile.query()).toMatchObject({ email, isEmailVerified: true });
  const accessToken = await client.accessToken();
  expect(await client.auth.logout.mutate()).toBeNull();
  expect(events).toEqual(['signedIn here', 'signedOut loggedOut']);
  expect([await client.restore(), await client.accessToken()]).toEqual([false, undefined]);
  await expect(client.account.profile.query()).rejects.toMatchObject({ data: { error: 'MISSING_TOKEN' } });
  const headers = { authorization: `Bearer ${accessToken}` };
  expect((await fetch(`${server.url}/trpc/account.profile`, { headers })).status).toBe(401);
});

test('twenty calls with an expired token: one refresh, twenty answers', async () => {
  const { client, record, events, username } = await signIn();
  expireAccessToken();
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.account.profile.query()));
  expect(answers.map((user) => user.username)).toEqual(Array.from({ length: 20 }, () => username));
  expect(record.count('auth.refresh')).toBe(1);
  expect(events).toEqual(['signedIn here', 'refreshed here']);
});

test('a token about to expire by the clock of this machine is refreshed before it is used', async () => {
  const { client, record, store } = await signIn();
  const session = await store.get();
  await store.set({ ...session!, expiresAt: Date.now() + 5000 });
  await client.account.profile.query();
  expect(record.calls).toEqual(['auth.login', 'auth.refresh', 'account.profile']);
});

test('an answer lost in the middle of a refresh: the same token is presented again, and nobody is signed out', async () => {
  const proxy = await startCuttableProxy(server.url);
  const { client, record, events, username } = await signIn({ url: proxy.url });
  expireAccessToken();
  proxy.loseAnswers('auth.refresh', 2);
  expect((await client.account.profile.query()).username).toBe(username);
  expect(record.calls).toEqual(['auth.login', 'account.profile', ...Array(3).fill('auth.refresh'), 'account.profile']);
  expect(events).toEqual(['signedIn here', 'refreshed here']);
  await proxy.close();
});

test('a refresh refused: every waiting call hears why, signedOut comes once, and the store is empty', async () => {
  const { client, events, store, email } = await signIn();
  const other = createMoonlightClient({ url: server.url });
  await other.auth.login.mutate({ email, password });
  await other.sessions.revokeOthers.mutate();
  const refusals = await Promise.allSettled(Array.from({ length: 20 }, () => client.account.profile.query()));
  const codes = refusals.map(
    (each) => each.status === 'rejected' && isMoonlightError(each.reason) && each.reason.data.error,
  );
  expect(new Set(codes)).toEqual(new Set(['REFRESH_TOKEN_INVALID']));
  expect(events).toEqual(['signedIn here', 'signedOut ended']);
  expect(await store.get()).toBeNull();
});
