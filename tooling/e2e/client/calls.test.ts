import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import { createMoonlightClient, isMoonlightError, isNetworkError } from '@moonlight/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFaultyProxy } from '@moonlight/redis/testing';
import { startLoopbackServer } from '../src/loopback-server.ts';
import { password, recordCalls, register, registerAndLogIn } from '../src/people.ts';

const clock = createTestClock();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ overrides: { clock } });
});
afterAll(() => server.close());

const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('an unreachable service', () => {
  test('is a network error, after three attempts of a query and one of a mutation; the session is kept', async () => {
    const proxy = await startFaultyProxy(server.url);
    const { client, record, store, events, email } = await registerAndLogIn(proxy.url);
    await proxy.close();
    const errors = [
      await failure(client.account.profile.query()),
      await failure(client.auth.sendCode.mutate({ email, type: 'reset_password' })),
      await failure(client.auth.logout.mutate()),
    ];
    for (const error of errors) {
      expect([isNetworkError(error), isMoonlightError(error)]).toEqual([true, false]);
      expect(error).toMatchObject({ message: `Moonlight at ${proxy.url} cannot be reached` });
    }
    expect(record.calls).toEqual([...Array(3).fill('account.profile'), 'auth.sendCode', 'auth.logout']);
    expect([await store.get(), events]).toEqual([expect.objectContaining({ refreshToken: expect.any(String) }), []]);
  });

  test('does not end a session that cannot be refreshed; the refresh succeeds later', async () => {
    const proxy = await startFaultyProxy(server.url);
    const { client, record, store } = await registerAndLogIn(proxy.url);
    const session = await store.get();
    await store.set({ ...session!, expiresAt: 0 });
    await proxy.close();
    expect(isNetworkError(await failure(client.account.profile.query()))).toBe(true);
    expect(isNetworkError(await failure(client.restore()))).toBe(true);
    expect(new Set(record.calls)).toEqual(new Set(['auth.refresh']));
    expect(await createMoonlightClient({ url: server.url, session: store }).restore()).toBe(true);
  });

  test('does not prevent calls with a token that is valid for a few more seconds', async () => {
    const proxy = await startFaultyProxy(server.url);
    const { client, store } = await registerAndLogIn(proxy.url);
    const session = await store.get();
    await store.set({ ...session!, expiresAt: Date.now() + 20_000 });
    proxy.loseAnswers('/trpc/auth.refresh', 3);
    expect((await client.account.profile.query()).isActive).toBe(true);
    await proxy.close();
  });
});

describe('a lost answer', () => {
  test('of a refresh: the same token is sent again, and the session continues', async () => {
    const proxy = await startFaultyProxy(server.url);
    const { client, record, events, username } = await registerAndLogIn(proxy.url);
    clock.advance(31 * 60);
    proxy.loseAnswers('/trpc/auth.refresh', 2);
    expect((await client.account.profile.query()).username).toBe(username);
    expect(record.calls).toEqual(['account.profile', ...Array(3).fill('auth.refresh'), 'account.profile']);
    expect(events).toEqual(['refreshed here']);
    await proxy.close();
  });

  test('of a query: it is sent again', async () => {
    const proxy = await startFaultyProxy(server.url);
    const { client, record, username } = await registerAndLogIn(proxy.url);
    proxy.loseAnswers('/trpc/account.profile', 2);
    expect((await client.account.profile.query()).username).toBe(username);
    expect(record.count('account.profile')).toBe(3);
    await proxy.close();
  });

  test('of a mutation: it is not sent again, because the service has carried it out', async () => {
    const proxy = await startFaultyProxy(server.url);
    const { client, record, email } = await registerAndLogIn(proxy.url);
    proxy.loseAnswers('/trpc/auth.sendCode', 1);
    await expect(client.auth.sendCode.mutate({ email, type: 'reset_password' })).rejects.toThrow('cannot be reached');
    expect(record.count('auth.sendCode')).toBe(1);
    expect(await server.lastMail('reset-code', email)).toBeDefined();
    await proxy.close();
  });
});

test('an error page of a proxy is a network error', async () => {
  const { url, close } = await startLoopbackServer((_request, response) =>
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502</h1>'),
  );
  const error = await failure(createMoonlightClient({ url }).auth.checkEmail.mutate({ email: 'a@example.com' }));
  expect(isNetworkError(error)).toBe(true);
  expect(error).toMatchObject({ message: `What answers at ${url} is not Moonlight` });
  await close();
});

describe('a refusal', () => {
  const client = () => createMoonlightClient({ url: server.url, locale: 'zh-CN' });

  test('has its code, its message in the language of the client, and the invalid fields', async () => {
    const error = await failure(client().auth.login.mutate({ email: 'nobody', password: 'x' }));
    if (!isMoonlightError(error, 'VALIDATION_FAILED', 'INVALID_CREDENTIALS')) throw error;
    expect([error.message, error.data.error]).toEqual(['数据验证失败', 'VALIDATION_FAILED']);
    expect(error.data.details).toEqual([{ path: 'email', message: '须为有效的邮箱地址' }]);
    expect(isMoonlightError(error, 'RATE_LIMITED')).toBe(false);
  });

  test('because of a limit says how long to wait', async () => {
    const input = { email: 'limited@example.com', username: 'limited', password: 'a long and quiet night' };
    await client().auth.register.mutate(input);
    await client()
      .auth.login.mutate(input)
      .catch(() => undefined);
    const login = () => failure(client().auth.login.mutate({ email: input.email, password: 'wrong' }));
    for (let tries = 0; tries < 5; tries += 1)
      expect(await login()).toMatchObject({ data: { error: 'INVALID_CREDENTIALS' } });
    const error = await login();
    if (!isMoonlightError(error, 'RATE_LIMITED')) throw error;
    expect(error.data.retryAfter).toBe(1);
    expect(error.data.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test('calls made in one tick are sent in batches of at most ten', async () => {
  const record = recordCalls();
  const client = createMoonlightClient({ url: server.url, fetch: record.fetch });
  await Promise.all(
    Array.from({ length: 12 }, (_, i) => client.auth.checkEmail.mutate({ email: `user${i}@example.com` })),
  );
  expect(record.calls.map((call) => call.split(',').length)).toEqual([10, 2]);
});

test('an aborted call rejects, but not with a network error', async () => {
  const { client, store } = await registerAndLogIn(server.url);
  const controller = new AbortController();
  const call = failure(client.account.profile.query(undefined, { signal: controller.signal }));
  controller.abort();
  const error = await call;
  expect([error instanceof Error, isNetworkError(error), isMoonlightError(error)]).toEqual([true, false, false]);
  expect(await store.get()).not.toBeNull();
});

test('without a session, exactly the calls that need one are refused', async () => {
  const client = createMoonlightClient({ url: server.url });
  const calls = {
    profile: client.account.profile.query(),
    changePassword: client.account.changePassword.mutate({
      currentPassword: 'a',
      newPassword: 'a long and quiet night',
    }),
    list: client.sessions.list.query(),
    revoke: client.sessions.revoke.mutate({ id: '019aa0b5-6f00-7000-8000-000000000001' }),
    revokeOthers: client.sessions.revokeOthers.mutate(),
    send: client.emailVerification.send.mutate(),
    challenge: client.captcha.challenge.query(),
    exists: client.auth.checkEmail.mutate({ email: 'nobody@example.com' }),
  };
  const results = await Promise.allSettled(Object.values(calls));
  const codes = results.map((each) =>
    each.status === 'rejected' && isMoonlightError(each.reason) ? each.reason.data.error : 'ok',
  );
  expect(codes).toEqual([...Array(6).fill('MISSING_TOKEN'), 'ok', 'ok']);
});

test('if the service does not allow cookie mode, the login rejects with an explanation', async () => {
  const { email } = await register(server.url);
  const record = recordCalls();
  const client = createMoonlightClient({ url: server.url, session: 'cookie', fetch: record.fetch });
  await expect(client.auth.login.mutate({ email, password })).rejects.toThrow('refuses the cookie mode');
  expect(await client.restore()).toBe(false);
});

test('an invalid service address throws at once', () => {
  expect(() => createMoonlightClient({ url: 'api.example.com' })).toThrow(TypeError);
});
