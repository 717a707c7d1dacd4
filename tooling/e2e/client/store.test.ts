import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import { createMoonlightClient, memoryStore, type SessionStore, type StoredSession } from '@moonlight/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { password, recordCalls, recordEvents, register, registerAndLogIn } from '../src/people.ts';

const clock = createTestClock();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ overrides: { clock } });
});
afterAll(() => server.close());

const expireAccessToken = () => clock.advance(31 * 60);

/** A store that can be read, but not written to while `disk.isFull`. */
const fillableStore = () => {
  const inner = memoryStore();
  const disk = { isFull: false };
  const store: SessionStore = {
    get: () => inner.get(),
    set: (session) => {
      if (disk.isFull) throw new Error('the disk is full');
      return inner.set(session);
    },
  };
  return { store, disk };
};

describe('a store that cannot be written to', () => {
  test('when the service ends the session: loggedOut is emitted once, and the call rejects with the error of the store', async () => {
    const { store, disk } = fillableStore();
    const { client, events, email } = await registerAndLogIn(server.url, { session: store });
    const other = createMoonlightClient({ url: server.url });
    await other.auth.login.mutate({ email, password });
    await other.sessions.revokeOthers.mutate();
    disk.isFull = true;
    await expect(client.account.profile.query()).rejects.toThrow('the disk is full');
    await expect(client.account.profile.query()).rejects.toMatchObject({ data: { error: 'MISSING_TOKEN' } });
    expect(events).toEqual(['loggedOut ended']);
  });

  test('during a refresh: storeFailed is emitted, calls use the new session, and the next change is written', async () => {
    const { store, disk } = fillableStore();
    const { client, events, username } = await registerAndLogIn(server.url, { session: store });
    disk.isFull = true;
    expireAccessToken();
    expect((await client.account.profile.query()).username).toBe(username);
    expireAccessToken();
    disk.isFull = false;
    expect((await client.account.profile.query()).username).toBe(username);
    expect(events).toEqual(['refreshed here', 'storeFailed Error: the disk is full', 'refreshed here']);
    expireAccessToken();
    expect(await createMoonlightClient({ url: server.url, session: store }).restore()).toBe(true);
  });

  test('during a login: the session exists as long as the client, and the call rejects', async () => {
    const { store, disk } = fillableStore();
    disk.isFull = true;
    const client = createMoonlightClient({ url: server.url, session: store });
    const events = recordEvents(client);
    const { email, username } = await register(server.url);
    await expect(client.auth.login.mutate({ email, password })).rejects.toThrow('the disk is full');
    expect([(await client.account.profile.query()).username, events]).toEqual([username, ['loggedIn here']]);
    expect(await store.get()).toBeNull();
  });

  test('during a logout: the session has ended, and the call rejects', async () => {
    const { store, disk } = fillableStore();
    const { client, events } = await registerAndLogIn(server.url, { session: store });
    disk.isFull = true;
    await expect(client.auth.logout.mutate()).rejects.toThrow('the disk is full');
    expect(events).toEqual(['loggedOut loggedOut']);
  });
});

/** The store of an earlier login, of which a client may read only as long as `page.isRendering`. */
const readonlyStore = (inner: SessionStore) => {
  const page = { isRendering: true };
  const store: SessionStore = {
    get: () => inner.get(),
    set: (session) => {
      if (page.isRendering) throw new Error('a page is being rendered');
      return inner.set(session);
    },
    readonly: () => page.isRendering,
  };
  return { store, page };
};

describe('a read-only store', () => {
  test('never ends the session: clients that share an expired token do not refresh it, and no theft is noticed', async () => {
    const { store, username } = await registerAndLogIn(server.url);
    const { store: shared, page } = readonlyStore(store);
    const before = await store.get();
    for (let round = 0; round < 3; round += 1) {
      clock.advance(31 * 60);
      await Promise.all(
        Array.from({ length: 20 }, () =>
          expect(
            createMoonlightClient({ url: server.url, session: shared }).account.profile.query(),
          ).rejects.toMatchObject({ data: { error: 'TOKEN_EXPIRED' } }),
        ),
      );
    }
    expect(await store.get()).toEqual(before);
    page.isRendering = false;
    const client = createMoonlightClient({ url: server.url, session: shared });
    expect((await client.account.profile.query()).username).toBe(username);
    expect((await store.get())?.refreshToken).not.toBe(before?.refreshToken);
    const reused = await server.deps.db.execute(`select id from audit_log where event = 'refresh_reused'`);
    expect(reused.rows).toEqual([]);
  });

  test('a refused call is not sent again, and emits no event', async () => {
    const { store } = await registerAndLogIn(server.url);
    const record = recordCalls();
    const session = readonlyStore(store).store;
    const client = createMoonlightClient({ url: server.url, session, fetch: record.fetch });
    const events = recordEvents(client);
    expireAccessToken();
    await expect(client.sessions.list.query()).rejects.toMatchObject({ data: { error: 'TOKEN_EXPIRED' } });
    expect([record.calls, events]).toEqual([['sessions.list'], []]);
  });

  test('a token is used until it expires, also in its last seconds', async () => {
    const { store, username } = await registerAndLogIn(server.url);
    const session = await store.get();
    await store.set({ ...session!, expiresAt: Date.now() + 5000 });
    const record = recordCalls();
    const options = {
      url: server.url,
      session: { ...readonlyStore(store).store, readonly: true },
      fetch: record.fetch,
    };
    const client = createMoonlightClient(options);
    expect([await client.restore(), await client.accessToken()]).toEqual([true, session?.accessToken]);
    expect((await client.account.profile.query()).username).toBe(username);
    expect(record.calls).toEqual(['account.profile']);
  });

  test('after the token has expired, restore still finds the session, and accessToken returns no token', async () => {
    const { store } = await registerAndLogIn(server.url);
    const session = await store.get();
    await store.set({ ...session!, expiresAt: Date.now() - 1 });
    const client = createMoonlightClient({ url: server.url, session: readonlyStore(store).store });
    expect([await client.restore(), await client.accessToken()]).toEqual([true, undefined]);
    await store.set(null);
    expect([await client.restore(), await client.accessToken()]).toEqual([false, undefined]);
  });

  test('a password reset through it does not refresh', async () => {
    const { store, email } = await registerAndLogIn(server.url);
    const record = recordCalls();
    const session = readonlyStore(store).store;
    const client = createMoonlightClient({ url: server.url, session, fetch: record.fetch });
    await client.auth.sendCode.mutate({ email, type: 'reset_password' });
    const { code } = await server.lastMail('reset-code', email);
    await client.passwordReset.confirm.mutate({ newPassword: 'another long night', email, code });
    expect(record.count('auth.refresh')).toBe(0);
  });
});

test('a store that returns undefined holds no session', async () => {
  const sessions = new Map<string, StoredSession | null>();
  const store: SessionStore = { get: () => sessions.get('mine'), set: (session) => void sessions.set('mine', session) };
  const client = createMoonlightClient({ url: server.url, session: store });
  expect([await client.restore(), await client.accessToken()]).toEqual([false, undefined]);
  await expect(client.account.profile.query()).rejects.toMatchObject({ data: { error: 'MISSING_TOKEN' } });
  const { email } = await register(server.url);
  await client.auth.login.mutate({ email, password });
  expect(await client.restore()).toBe(true);
});
