import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import { createMoonlightClient, memoryStore, type SessionStore, type StoredSession } from '@moonlight/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { password, recordEvents, register, registerAndLogIn } from '../src/people.ts';

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

  test('during a refresh: calls use the new session, and the next change is written', async () => {
    const { store, disk } = fillableStore();
    const { client, events, username } = await registerAndLogIn(server.url, { session: store });
    disk.isFull = true;
    expireAccessToken();
    expect((await client.account.profile.query()).username).toBe(username);
    expireAccessToken();
    disk.isFull = false;
    expect((await client.account.profile.query()).username).toBe(username);
    expect(events).toEqual(['refreshed here', 'refreshed here']);
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
