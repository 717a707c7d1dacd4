import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, register, registerAndLogIn } from '../src/people.ts';
import { race, until } from '../src/concurrency.ts';
import { restOf } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ apis: 2, workers: 0 });
});
afterAll(() => stack.close());

const replica = (index: number) => stack.apis[index % 2]!.url;
const profileAt = (index: number, token: string | undefined) =>
  restOf(replica(index))('GET /api/v1/auth/profile', undefined, { token });

test('two replicas that start at the same time sign with the same key', async () => {
  const [first, second] = await Promise.all(
    [0, 1].map((index) => restOf(replica(index))('GET /.well-known/jwks.json')),
  );
  expect(first?.body).toMatchObject({ keys: [{ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }] });
  expect(second?.body).toEqual(first?.body);
  expect(first?.text).not.toContain('"d"');
  const kids = await Promise.all(
    [0, 1].map(async (index) => {
      const { client } = await registerAndLogIn(replica(index));
      const [header = ''] = (await client.accessToken())!.split('.');
      return JSON.parse(Buffer.from(header, 'base64url').toString()).kid;
    }),
  );
  expect(kids[0]).toBe(kids[1]);
});

test('a logout at one replica is effective at the other one at once', async () => {
  const { client } = await registerAndLogIn(replica(0));
  const token = await client.accessToken();
  // The other replica has verified this token before, and must not rely on that.
  expect((await profileAt(1, token)).status).toBe(200);
  await client.auth.logout.mutate();
  expect(await profileAt(1, token)).toMatchObject({ status: 401, body: { error: 'TOKEN_INVALID' } });
});

test('a disabled account is refused by both replicas', async () => {
  const { client, email } = await registerAndLogIn(replica(0));
  const token = await client.accessToken();
  for (const index of [0, 1]) expect((await profileAt(index, token)).status).toBe(200);
  await stack.sql.query('update users set is_active = false where email = $1', [email]);
  for (const index of [0, 1])
    expect(await profileAt(index, token)).toMatchObject({ status: 403, body: { error: 'ACCOUNT_DISABLED' } });
});

test('concurrent refreshes at both replicas return one successor, which both accept', async () => {
  const { store } = await registerAndLogIn(replica(0));
  let { refreshToken } = (await store.get())!;
  for (let round = 0; round < 3; round += 1) {
    const presented = refreshToken;
    const { won, lost } = await race(40, (index) =>
      createMoonlightClient({ url: replica(index) }).auth.refresh.mutate({ refreshToken: presented }),
    );
    expect([won.length, lost]).toEqual([40, []]);
    const successors = new Set(won.map((tokens) => tokens.refreshToken));
    expect(successors.size).toBe(1);
    refreshToken = won[0]!.refreshToken;
    for (const [index, { accessToken }] of won.slice(0, 4).entries())
      expect((await profileAt(index + 1, accessToken)).status).toBe(200);
  }
});

test('forty concurrent registrations of one username at both replicas create one account', async () => {
  const { won, lost } = await race(40, (index) =>
    createMoonlightClient({ url: replica(index) }).auth.register.mutate({
      email: `same_${index}@example.com`,
      username: index % 2 === 0 ? 'same_name' : 'SAME_NAME',
      password,
    }),
  );
  expect([won.length, new Set(lost)]).toEqual([1, new Set(['USERNAME_TAKEN'])]);
});

test('a replica that is asked to stop answers its open requests first', async () => {
  const { email } = await register(replica(0));
  const lock = await stack.sql.connect();
  await lock.query('begin');
  await lock.query('lock table users in access exclusive mode');
  const logins = race(5, () => createMoonlightClient({ url: replica(1) }).auth.login.mutate({ email, password }));
  await until(async () => {
    const waiting = await stack.sql.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    expect(waiting).toHaveLength(5);
  });
  const stopping = stack.apis[1]!.stop();
  await until(() => expect(stack.apis[1]!.output()).toContain('stopping: open requests are answered first'));
  await lock.query('rollback');
  expect((await logins).lost).toEqual([]);
  await stopping;
  await expect(profileAt(1, 'any')).rejects.toThrow('fetch failed');
  expect((await createMoonlightClient({ url: replica(0) }).auth.login.mutate({ email, password })).user.email).toBe(
    email,
  );
});
