import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import { createMoonlightClient, isMoonlightError, memoryStore } from '@moonlight/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFaultyProxy } from '@moonlight/redis/testing';
import { password, recordEvents, register, registerAndLogIn } from '../src/people.ts';

const clock = createTestClock();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ overrides: { clock } });
});
afterAll(() => server.close());

const expireAccessToken = () => clock.advance(31 * 60);
const codesOf = (results: PromiseSettledResult<unknown>[]) =>
  new Set(
    results.map((each) =>
      each.status === 'rejected' && isMoonlightError(each.reason) ? each.reason.data.error : each,
    ),
  );

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
  expect(events).toEqual(['loggedIn here', 'loggedOut loggedOut']);
  expect([await client.restore(), await client.accessToken()]).toEqual([false, undefined]);
  await expect(client.account.profile.query()).rejects.toMatchObject({ data: { error: 'MISSING_TOKEN' } });
  const headers = { authorization: `Bearer ${accessToken}` };
  expect((await fetch(`${server.url}/trpc/account.profile`, { headers })).status).toBe(401);
});

test('who registers with a code is signed in at once', async () => {
  const client = createMoonlightClient({ url: server.url });
  const events = recordEvents(client);
  const email = 'carol@example.com';
  await client.auth.sendCode.mutate({ email, type: 'register' });
  const { code } = await server.lastMail('verification-code', email);
  await client.auth.register.mutate({ email, username: 'carol', password, code });
  expect(await client.account.profile.query()).toMatchObject({ email, isEmailVerified: true });
  expect(events).toEqual(['loggedIn here']);
});

describe('refreshing', () => {
  test('twenty calls with an expired token: one refresh, twenty answers', async () => {
    const { client, record, events, username } = await registerAndLogIn(server.url);
    expireAccessToken();
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.account.profile.query()));
    expect(new Set(answers.map((user) => user.username))).toEqual(new Set([username]));
    expect(record.count('auth.refresh')).toBe(1);
    expect(events).toEqual(['refreshed here']);
  });

  test('a mutation refused for its token is sent again with a new one', async () => {
    const { client, record } = await registerAndLogIn(server.url);
    expireAccessToken();
    expect(await client.sessions.revokeOthers.mutate()).toEqual({ revoked: 0 });
    expect(record.calls).toEqual(['sessions.revokeOthers', 'auth.refresh', 'sessions.revokeOthers']);
  });

  test('a token about to expire by the clock of this machine is refreshed before it is used', async () => {
    const { client, record, store } = await registerAndLogIn(server.url);
    const session = await store.get();
    await store.set({ ...session!, expiresAt: Date.now() + 5000 });
    await client.account.profile.query();
    expect(record.calls).toEqual(['auth.refresh', 'account.profile']);
  });

  test('a session in the store of the caller outlives the client', async () => {
    const { store, username } = await registerAndLogIn(server.url);
    const later = createMoonlightClient({ url: server.url, session: store });
    expireAccessToken();
    expect(await later.restore()).toBe(true);
    expect((await later.account.profile.query()).username).toBe(username);
  });

  test('a login that comes during a refresh waits for it, and is what counts', async () => {
    const { email, username } = await register(server.url);
    const store = memoryStore();
    const logins: Promise<unknown>[] = [];
    const order: string[] = [];
    const { client, events } = await registerAndLogIn(server.url, {
      session: store,
      fetch: async (input, init) => {
        const { pathname } = new URL(input instanceof Request ? input.url : input);
        order.push(`${pathname} sent`);
        if (pathname === '/trpc/auth.refresh') logins.push(client.auth.login.mutate({ email, password }));
        const answer = await fetch(input, init);
        order.push(`${pathname} answered`);
        return answer;
      },
    });
    const before = await store.get();
    order.length = 0;
    await store.set({ ...before!, expiresAt: 0 });
    await client.account.profile.query();
    await Promise.all(logins);
    expect(order.indexOf('/trpc/auth.login sent')).toBeGreaterThan(order.indexOf('/trpc/auth.refresh answered'));
    expect((await client.account.profile.query()).username).toBe(username);
    expect(events).toEqual(['refreshed here', 'loggedIn here']);
  });
});

describe('when the service ends the session', () => {
  test('every waiting call hears why, loggedOut comes once, and the store is empty', async () => {
    const { client, events, store, email } = await registerAndLogIn(server.url);
    const other = createMoonlightClient({ url: server.url });
    await other.auth.login.mutate({ email, password });
    await other.sessions.revokeOthers.mutate();
    const refusals = await Promise.allSettled(Array.from({ length: 20 }, () => client.account.profile.query()));
    expect(codesOf(refusals)).toEqual(new Set(['REFRESH_TOKEN_INVALID']));
    expect(events).toEqual(['loggedOut ended']);
    expect([await store.get(), await client.restore()]).toEqual([null, false]);
  });

  test('a call whose refusal comes only after that hears the same, and loggedOut does not come again', async () => {
    const sent = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const { client, events, email } = await registerAndLogIn(server.url, {
      fetch: async (input, init) => {
        const answer = await fetch(input, init);
        if (new URL(input instanceof Request ? input.url : input).pathname !== '/trpc/sessions.list') return answer;
        sent.resolve();
        await ended.promise;
        return answer;
      },
    });
    const other = createMoonlightClient({ url: server.url });
    await other.auth.login.mutate({ email, password });
    await other.sessions.revokeOthers.mutate();
    const straggler = Promise.allSettled([client.sessions.list.query()]);
    await sent.promise;
    const first = await Promise.allSettled([client.account.profile.query()]);
    ended.resolve();
    expect(codesOf([...first, ...(await straggler)])).toEqual(new Set(['REFRESH_TOKEN_INVALID']));
    expect(events).toEqual(['loggedOut ended']);
  });

  test('a stolen refresh token that was used ends it for both', async () => {
    const { store } = await registerAndLogIn(server.url);
    const stolen = await store.get();
    const thief = memoryStore();
    await thief.set({ ...stolen!, expiresAt: 0 });
    expect(await createMoonlightClient({ url: server.url, session: thief }).restore()).toBe(true);
    clock.advance(11);
    await store.set({ ...stolen!, expiresAt: 0 });
    const owner = createMoonlightClient({ url: server.url, session: store });
    await expect(owner.account.profile.query()).rejects.toMatchObject({ data: { error: 'REFRESH_TOKEN_REUSED' } });
    await expect(
      createMoonlightClient({ url: server.url, session: thief }).account.profile.query(),
    ).rejects.toMatchObject({
      data: { error: 'REFRESH_TOKEN_INVALID' },
    });
  });

  test('a password reset signs out right away', async () => {
    const { client, events, email } = await registerAndLogIn(server.url);
    await client.auth.sendCode.mutate({ email, type: 'reset_password' });
    const { code } = await server.lastMail('reset-code', email);
    await client.passwordReset.confirm.mutate({ newPassword: 'another long night', email, code });
    expect(events).toEqual(['loggedOut ended']);
  });

  test('a change of the password ends the other sessions, not this one', async () => {
    const { client, events } = await registerAndLogIn(server.url);
    await client.account.changePassword.mutate({ currentPassword: password, newPassword: 'another long night' });
    expect(await client.sessions.list.query()).toMatchObject([{ current: true }]);
    expect(events).toEqual([]);
  });
});

describe('logging out', () => {
  test('works without a refresh when the access token has expired', async () => {
    const { client, record, events } = await registerAndLogIn(server.url);
    expireAccessToken();
    expect(await client.auth.logout.mutate()).toBeNull();
    expect([record.calls, events]).toEqual([['auth.logout'], ['loggedOut loggedOut']]);
  });

  test('of a session that is over already is no mistake', async () => {
    const { client, events, store, email } = await registerAndLogIn(server.url);
    const other = createMoonlightClient({ url: server.url });
    await other.auth.login.mutate({ email, password });
    await other.sessions.revokeOthers.mutate();
    expect([await client.auth.logout.mutate(), await store.get()]).toEqual([null, null]);
    expect(events).toEqual(['loggedOut loggedOut']);
    await expect(client.auth.logout.mutate()).rejects.toMatchObject({ data: { error: 'MISSING_TOKEN' } });
  });

  test('by a refresh token from elsewhere, with no session here, tells nobody', async () => {
    const { store } = await registerAndLogIn(server.url);
    const session = await store.get();
    const client = createMoonlightClient({ url: server.url });
    const events = recordEvents(client);
    expect(await client.auth.logout.mutate({ refreshToken: session!.refreshToken })).toBeNull();
    expect(events).toEqual([]);
  });
});

describe('an answer lost in the middle', () => {
  test('of a refresh: the same token is presented again, and nobody is signed out', async () => {
    const proxy = await startFaultyProxy(server.url);
    const { client, record, events, username } = await registerAndLogIn(proxy.url);
    expireAccessToken();
    proxy.loseAnswers('/trpc/auth.refresh', 2);
    expect((await client.account.profile.query()).username).toBe(username);
    expect(record.calls).toEqual(['account.profile', ...Array(3).fill('auth.refresh'), 'account.profile']);
    expect(events).toEqual(['refreshed here']);
    await proxy.close();
  });

  test('of a query: it is asked again', async () => {
    const proxy = await startFaultyProxy(server.url);
    const { client, record, username } = await registerAndLogIn(proxy.url);
    proxy.loseAnswers('/trpc/account.profile', 2);
    expect((await client.account.profile.query()).username).toBe(username);
    expect(record.count('account.profile')).toBe(3);
    await proxy.close();
  });

  test('of a mutation: it is not sent again, for it was done', async () => {
    const proxy = await startFaultyProxy(server.url);
    const { client, record, email } = await registerAndLogIn(proxy.url);
    proxy.loseAnswers('/trpc/auth.sendCode', 1);
    await expect(client.auth.sendCode.mutate({ email, type: 'reset_password' })).rejects.toThrow('cannot be reached');
    expect(record.count('auth.sendCode')).toBe(1);
    expect(await server.lastMail('reset-code', email)).toBeDefined();
    await proxy.close();
  });
});
