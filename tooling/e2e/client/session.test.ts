import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import { createMoonlightClient, isMoonlightError, memoryStore } from '@moonlight/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

test('register, verify, log in, read the profile, log out', async () => {
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

test('a registration with a code begins a session', async () => {
  const client = createMoonlightClient({ url: server.url });
  const events = recordEvents(client);
  const email = 'carol@example.com';
  await client.auth.sendCode.mutate({ email, type: 'register' });
  const { code } = await server.lastMail('verification-code', email);
  await client.auth.register.mutate({ email, username: 'carol', password, code });
  expect(await client.account.profile.query()).toMatchObject({ email, isEmailVerified: true });
  expect(events).toEqual(['loggedIn here']);
});

describe('a refresh', () => {
  test('happens once for twenty calls with an expired token, and all of them succeed', async () => {
    const { client, record, events, username } = await registerAndLogIn(server.url);
    expireAccessToken();
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.account.profile.query()));
    expect(new Set(answers.map((user) => user.username))).toEqual(new Set([username]));
    expect(record.count('auth.refresh')).toBe(1);
    expect(events).toEqual(['refreshed here']);
  });

  test('is followed by a second attempt of the mutation whose token was refused', async () => {
    const { client, record } = await registerAndLogIn(server.url);
    expireAccessToken();
    expect(await client.sessions.revokeOthers.mutate()).toEqual({ revoked: 0 });
    expect(record.calls).toEqual(['sessions.revokeOthers', 'auth.refresh', 'sessions.revokeOthers']);
  });

  test('comes before the call if the token is about to expire by the local clock', async () => {
    const { client, record, store } = await registerAndLogIn(server.url);
    const session = await store.get();
    await store.set({ ...session!, expiresAt: Date.now() + 5000 });
    await client.account.profile.query();
    expect(record.calls).toEqual(['auth.refresh', 'account.profile']);
  });

  test('works in a new client with the store of an earlier one', async () => {
    const { store, username } = await registerAndLogIn(server.url);
    const later = createMoonlightClient({ url: server.url, session: store });
    expireAccessToken();
    expect(await later.restore()).toBe(true);
    expect((await later.account.profile.query()).username).toBe(username);
  });

  test('delays a login that starts meanwhile, and the login replaces the session', async () => {
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
  test('all waiting calls reject with the reason, loggedOut is emitted once, and the store is empty', async () => {
    const { client, events, store, email } = await registerAndLogIn(server.url);
    const other = createMoonlightClient({ url: server.url });
    await other.auth.login.mutate({ email, password });
    await other.sessions.revokeOthers.mutate();
    const refusals = await Promise.allSettled(Array.from({ length: 20 }, () => client.account.profile.query()));
    expect(codesOf(refusals)).toEqual(new Set(['REFRESH_TOKEN_INVALID']));
    expect(events).toEqual(['loggedOut ended']);
    expect([await store.get(), await client.restore()]).toEqual([null, false]);
  });

  test('a call that is refused later rejects with the same reason, and loggedOut is not emitted again', async () => {
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
    const late = Promise.allSettled([client.sessions.list.query()]);
    await sent.promise;
    const first = await Promise.allSettled([client.account.profile.query()]);
    ended.resolve();
    expect(codesOf([...first, ...(await late)])).toEqual(new Set(['REFRESH_TOKEN_INVALID']));
    expect(events).toEqual(['loggedOut ended']);
  });

  test('because a stolen refresh token was used, the session ends for the thief and the owner', async () => {
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

  test('because of a password reset, loggedOut is emitted at once', async () => {
    const { client, events, email } = await registerAndLogIn(server.url);
    await client.auth.sendCode.mutate({ email, type: 'reset_password' });
    const { code } = await server.lastMail('reset-code', email);
    await client.passwordReset.confirm.mutate({ newPassword: 'another long night', email, code });
    expect(events).toEqual(['loggedOut ended']);
  });

  test('a password change ends only the other sessions', async () => {
    const { client, events } = await registerAndLogIn(server.url);
    await client.account.changePassword.mutate({ currentPassword: password, newPassword: 'another long night' });
    expect(await client.sessions.list.query()).toMatchObject([{ current: true }]);
    expect(events).toEqual([]);
  });
});

describe('logging out', () => {
  test('needs no refresh if the access token has expired', async () => {
    const { client, record, events } = await registerAndLogIn(server.url);
    expireAccessToken();
    expect(await client.auth.logout.mutate()).toBeNull();
    expect([record.calls, events]).toEqual([['auth.logout'], ['loggedOut loggedOut']]);
  });

  test('succeeds if the session is over already', async () => {
    const { client, events, store, email } = await registerAndLogIn(server.url);
    const other = createMoonlightClient({ url: server.url });
    await other.auth.login.mutate({ email, password });
    await other.sessions.revokeOthers.mutate();
    expect([await client.auth.logout.mutate(), await store.get()]).toEqual([null, null]);
    expect(events).toEqual(['loggedOut loggedOut']);
    await expect(client.auth.logout.mutate()).rejects.toMatchObject({ data: { error: 'MISSING_TOKEN' } });
  });

  test('with a refresh token from elsewhere and without a session here emits no event', async () => {
    const { store } = await registerAndLogIn(server.url);
    const session = await store.get();
    const client = createMoonlightClient({ url: server.url });
    const events = recordEvents(client);
    expect(await client.auth.logout.mutate({ refreshToken: session!.refreshToken })).toBeNull();
    expect(events).toEqual([]);
  });
});

/** Receives the next uncaught error instead of the test runner. */
const nextUncaught = (): Promise<unknown> => {
  const handlers = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  return new Promise((resolve) => {
    process.once('uncaughtException', (error) => {
      for (const handler of handlers) process.on('uncaughtException', handler);
      resolve(error);
    });
  });
};

test('if a listener throws, the error is uncaught; the call and the other listeners are not affected', async () => {
  const client = createMoonlightClient({ url: server.url });
  const failure = new Error('an error in a listener');
  client.on('loggedIn', () => {
    throw failure;
  });
  const events = recordEvents(client);
  const { email, username } = await register(server.url);
  const uncaught = nextUncaught();
  expect((await client.auth.login.mutate({ email, password })).user.username).toBe(username);
  expect(await uncaught).toBe(failure);
  expect(events).toEqual(['loggedIn here']);
});
