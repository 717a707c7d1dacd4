import { createMoonlightClient } from '@moonlight/client';
import { startRedis } from '@moonlight/redis/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { password } from '../src/people.ts';
import { race } from '../src/concurrency.ts';
import { codeIn } from '../src/mailbox.ts';
import { restOf, tokensIn } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

const STORES = {
  PostgreSQL: async () => ({ env: {}, stop: async () => undefined }),
  Redis: async () => {
    const redis = await startRedis();
    return { env: { REDIS_URL: redis.url }, stop: () => redis.stop() };
  },
};

describe.each(Object.entries(STORES))('limits counted in %s', (_name, startStore) => {
  let stack: Stack;
  let store: Awaited<ReturnType<typeof startStore>>;
  beforeAll(async () => {
    store = await startStore();
    const env = { CAPTCHA_PROVIDER: 'none', TRUST_PROXY: '127.0.0.1/32, 10.0.0.0/8', ...store.env };
    stack = await startStack({ env, apis: 2 });
  });
  afterAll(async () => {
    await stack.close();
    await store.stop();
  });

  /** A client behind proxies that calls one of the two replicas. */
  const clientFrom = (forwarded: string, replica = 0) =>
    createMoonlightClient({
      url: stack.apis[replica % 2]!.url,
      fetch: (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set('x-forwarded-for', forwarded);
        return fetch(input, { ...init, headers });
      },
    });

  const all = (count: number, code: string) => Array.from({ length: count }, () => code);

  test('twenty concurrent codes for one address from different IP addresses: one is sent', async () => {
    const { won, lost } = await race(20, (index) =>
      clientFrom(`198.51.100.${index}`, index).auth.sendCode.mutate({
        email: index % 2 === 0 ? 'storm@example.com' : 'STORM@example.com',
        type: 'register',
      }),
    );
    expect([won.length, lost]).toEqual([1, all(19, 'RATE_LIMITED')]);
    const queued = await stack.sql.query("select 1 from outbox where kind = 'verification-code'");
    expect(queued).toHaveLength(1);
  });

  test('130 mails for one IP address: 100 are sent', async () => {
    const before = await stack.sql.query('select 1 from outbox');
    const { won, lost } = await race(130, (index) =>
      clientFrom('203.0.113.1', index).auth.sendCode.mutate({ email: `many_${index}@example.com`, type: 'register' }),
    );
    expect([won.length, lost]).toEqual([100, all(30, 'RATE_LIMITED')]);
    expect((await stack.sql.query('select 1 from outbox')).length - before.length).toBe(100);
    // Another IP address is not affected.
    const next = { email: 'next@example.com', type: 'register' } as const;
    expect(await clientFrom('203.0.113.2').auth.sendCode.mutate(next)).toMatchObject({ retryAfter: 60 });
  });

  test('60 registrations from one IP address: 50 are processed', async () => {
    const { won, lost } = await race(60, (index) =>
      clientFrom('203.0.113.3', index).auth.register.mutate({
        email: `crowd_${index}@example.com`,
        username: `crowd_${index}`,
        password,
      }),
    );
    expect([won.length, lost]).toEqual([50, all(10, 'RATE_LIMITED')]);
  });

  test('110 wrong passwords from one IP address: 100 are processed', async () => {
    const { lost } = await race(110, (index) =>
      clientFrom('203.0.113.4', index).auth.login.mutate({ email: `victim_${index}@example.com`, password: 'wrong' }),
    );
    expect(lost.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(100);
    expect(lost.filter((code) => code === 'RATE_LIMITED')).toHaveLength(10);
  });

  test('60 wrong codes from one IP address for as many email addresses: 50 are processed', async () => {
    const { lost } = await race(60, (index) =>
      clientFrom('203.0.113.7', index).auth.verifyCode.mutate({ email: `any_${index}@example.com`, code: '000000' }),
    );
    expect(lost.filter((code) => code === 'CODE_INVALID')).toHaveLength(50);
    expect(lost.filter((code) => code === 'RATE_LIMITED')).toHaveLength(10);
  });

  test('a code works for its owner after 300 wrong tries of a stranger, of which five are processed', async () => {
    const email = 'coded@example.com';
    await clientFrom('203.0.113.8').auth.sendCode.mutate({ email, type: 'register' });
    const code = codeIn(await stack.mailbox.next(email));
    const wrong = code === '000000' ? '000001' : '000000';
    const { lost } = await race(300, (index) =>
      clientFrom('203.0.113.9', index).auth.verifyCode.mutate({ email, code: wrong }),
    );
    expect(lost.filter((error) => error === 'CODE_INVALID')).toHaveLength(5);
    expect(lost.filter((error) => error === 'CODE_ATTEMPTS_EXCEEDED')).toHaveLength(295);
    const registered = await clientFrom('203.0.113.8').auth.register.mutate({
      email,
      username: 'coded',
      password,
      code,
    });
    expect(registered.user.isEmailVerified).toBe(true);
  });

  test('an attacker who guesses passwords of an account must wait, and its owner need not', async () => {
    const email = 'guessed@example.com';
    await clientFrom('203.0.113.5').auth.register.mutate({ email, username: 'guessed', password });
    const { lost } = await race(9, () => clientFrom('203.0.113.6').auth.login.mutate({ email, password: 'wrong' }));
    expect(lost).toContain('RATE_LIMITED');
    expect((await clientFrom('203.0.113.5').auth.login.mutate({ email, password })).user.email).toBe(email);
  });

  test('every call of a batch counts', async () => {
    const client = clientFrom('203.0.113.7');
    const { won, lost } = await race(70, () => client.auth.checkEmail.mutate({ email: 'batch@example.com' }));
    expect([won.length, lost]).toEqual([60, all(10, 'RATE_LIMITED')]);
  });

  test('X-Forwarded-For is read from right to left, up to the first address that is not a trusted proxy', async () => {
    const account = { email: 'hops@example.com', username: 'hops', password };
    const headers = { 'x-forwarded-for': '192.0.2.66, 203.0.113.8, 10.1.2.3' };
    const rest = restOf(stack.url);
    await rest('POST /api/v1/auth/register', account, { headers });
    const login = { email: account.email, password };
    const { access: token } = tokensIn(await rest('POST /api/v1/auth/login', login, { headers }));
    expect(await rest('GET /api/v1/auth/sessions', undefined, { token, headers })).toMatchObject({
      body: { data: [{ ip: '203.0.113.8' }] },
    });
  });

  test('without trusted proxies, X-Forwarded-For is ignored', async () => {
    const { url } = await stack.start('api', { TRUST_PROXY: '' });
    const rest = restOf(url);
    const statuses = await Promise.all(
      Array.from({ length: 110 }, async (_, index) => {
        const headers = { 'x-forwarded-for': `203.0.113.${index}` };
        const body = { email: `forged_${index}@example.com`, type: 'register' };
        return (await rest('POST /api/v1/auth/send-code', body, { headers })).status;
      }),
    );
    expect([200, 429].map((status) => statuses.filter((each) => each === status).length)).toEqual([100, 10]);
  });
});
