import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import { createMoonlightClient, memoryStore } from '@moonlight/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { password, register, registerAndLogIn } from '../src/people.ts';

const clock = createTestClock();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ overrides: { clock } });
});
afterAll(() => server.close());

const expireAccessToken = () => clock.advance(31 * 60);

/** A second user with another session elsewhere, which only this user may end. */
const newBob = async () => {
  const { email, username } = await register(server.url);
  const elsewhere = createMoonlightClient({ url: server.url });
  return {
    username,
    credentials: { email, password },
    logInElsewhere: () => elsewhere.auth.login.mutate({ email, password }),
    sessions: async () => (await elsewhere.sessions.list.query()).length,
  };
};

describe('a call made before another login', () => {
  test('and refused after it is not sent again as the other user', async () => {
    const bob = await newBob();
    let isFirst = true;
    const { client } = await registerAndLogIn(server.url, {
      fetch: async (input, init) => {
        const { pathname } = new URL(input instanceof Request ? input.url : input);
        const answer = await fetch(input, init);
        if (pathname === '/trpc/sessions.revokeOthers' && isFirst) {
          isFirst = false;
          await client.auth.login.mutate(bob.credentials);
        }
        return answer;
      },
    });
    expireAccessToken();
    await bob.logInElsewhere();
    await expect(client.sessions.revokeOthers.mutate()).rejects.toMatchObject({ data: { error: 'TOKEN_EXPIRED' } });
    expect([await bob.sessions(), (await client.account.profile.query()).username]).toEqual([2, bob.username]);
    expect(await client.sessions.revokeOthers.mutate()).toEqual({ revoked: 1 });
  });

  test('and waiting for its turn is sent neither as the other user nor in a batch with that user’s calls', async () => {
    const bob = await newBob();
    const store = memoryStore();
    const { client, record } = await registerAndLogIn(server.url, { session: store });
    const session = await store.get();
    await store.set({ ...session!, expiresAt: 0 });
    expireAccessToken();
    await bob.logInElsewhere();
    const login = client.auth.login.mutate(bob.credentials);
    const results = await Promise.allSettled([
      client.sessions.revokeOthers.mutate(),
      login.then(() => client.emailVerification.send.mutate()),
    ]);
    expect(results).toMatchObject([
      { status: 'rejected', reason: { data: { error: 'TOKEN_EXPIRED' } } },
      { status: 'fulfilled' },
    ]);
    expect(record.calls.toSorted()).toEqual(['auth.login', 'emailVerification.send', 'sessions.revokeOthers']);
    expect(await bob.sessions()).toBe(2);
  });
});
