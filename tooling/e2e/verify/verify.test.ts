import { createHmac, randomUUID } from 'node:crypto';
import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import { createVerifier, VerifyError } from '@moonlight/verify';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { password, registerAndLogIn } from '../src/people.ts';
import { publishKeys } from '../src/loopback-server.ts';

const clock = createTestClock();
const now = () => clock.now();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ overrides: { clock } });
});
afterAll(() => server.close());

const accessToken = async (url = server.url): Promise<string> =>
  (await (await registerAndLogIn(url)).client.accessToken())!;
const verifier = () => createVerifier({ issuer: server.url, now });
const codeOf = (checked: Promise<unknown>): Promise<unknown> =>
  checked.then(
    () => 'accepted',
    (error: unknown) => (error instanceof VerifyError ? error.code : error),
  );

test('a valid token returns its user, session and lifetime', async () => {
  const { client } = await registerAndLogIn(server.url);
  const { id } = await client.account.profile.query();
  const [session] = await client.sessions.list.query();
  const claims = await verifier().verify(await client.accessToken());
  expect(claims).toMatchObject({
    userId: id,
    sessionId: session?.id,
    tokenId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(claims.expiresAt.getTime() - claims.issuedAt.getTime()).toBe(1_800_000);
});

describe('emailVerified and clientId', () => {
  test('follow the account: at login, at a registration by code, at a refresh and at its replay', async () => {
    const claimsOf = async (token: string | undefined) => verifier().verify(token);
    const { client, store, email } = await registerAndLogIn(server.url);
    const before = (await store.get())!;
    expect(await claimsOf(before.accessToken)).toMatchObject({ emailVerified: false, clientId: 'moonlight' });
    const { url } = await server.lastMail('verification-link', email);
    await client.emailVerification.confirm.mutate({ token: new URL(url).searchParams.get('token')! });
    const { refreshToken } = before;
    const [refreshed, replayed] = [
      await client.auth.refresh.mutate({ refreshToken }),
      await client.auth.refresh.mutate({ refreshToken }),
    ];
    for (const { accessToken: token } of [refreshed, replayed])
      expect(await claimsOf(token)).toMatchObject({ emailVerified: true, clientId: 'moonlight' });
    const { tokens } = await client.auth.login.mutate({ email, password });
    expect((await claimsOf(tokens.accessToken)).emailVerified).toBe(true);
    const other = { email: 'coded@example.com', username: 'coded' };
    await client.auth.sendCode.mutate({ email: other.email, type: 'register' });
    const { code } = await server.lastMail('verification-code', other.email);
    const registered = await client.auth.register.mutate({ ...other, password, code });
    expect((await claimsOf(registered.tokens?.accessToken)).emailVerified).toBe(true);
  });

  test('the service may have its own client id', async () => {
    const named = await startTestServer({ overrides: { clock }, env: { JWT_CLIENT_ID: 'shop' } });
    const checks = createVerifier({ issuer: named.url, now });
    expect((await checks.verify(await accessToken(named.url))).clientId).toBe('shop');
    await named.close();
  });
});

test('if the service has its own audience, its tokens are valid only for that audience', async () => {
  const named = await startTestServer({ overrides: { clock }, env: { JWT_AUDIENCE: 'shop' } });
  const token = await accessToken(named.url);
  const at = (audience?: string) => createVerifier({ issuer: named.url, now, ...(audience && { audience }) });
  expect((await at('shop').verify(token)).userId).toMatch(/^[0-9a-f-]{36}$/);
  expect(await codeOf(at().verify(token))).toBe('TOKEN_INVALID');
  await named.close();
});

test('tokens are checked offline: the keys are fetched once', async () => {
  const keys = await publishKeys(server.url);
  const checks = createVerifier({ issuer: server.url, jwksUrl: keys.url, now });
  const token = await accessToken();
  await Promise.all(Array.from({ length: 20 }, () => checks.verify(token)));
  await checks.verify(await accessToken());
  expect(keys.requests()).toBe(1);
  await keys.close();
});

describe('refused tokens', () => {
  test('no token, garbage, and a modified token', async () => {
    const checks = verifier();
    const token = await accessToken();
    const [header = '', payload = '', signature = ''] = token.split('.');
    const other = Buffer.from(JSON.stringify({ ...JSON.parse(atob(payload)), sub: randomUUID() })).toString(
      'base64url',
    );
    expect(await codeOf(checks.verify(undefined))).toBe('MISSING_TOKEN');
    for (const wrong of ['', 'x', 'a.b.c', `${header}.${other}.${signature}`, `${header}.${payload}.`])
      expect(await codeOf(checks.verify(wrong))).toBe('TOKEN_INVALID');
  });

  test('a token of another service, or for another audience', async () => {
    const token = await accessToken();
    const elsewhere = { issuer: 'https://elsewhere.example', audience: server.url, serviceUrl: server.url, now };
    expect(await codeOf(createVerifier(elsewhere).verify(token))).toBe('TOKEN_INVALID');
    expect(await codeOf(createVerifier({ issuer: server.url, audience: 'billing', now }).verify(token))).toBe(
      'TOKEN_INVALID',
    );
  });

  test('an expired token, with a tolerance for the difference between two clocks', async () => {
    const checks = verifier();
    const token = await accessToken();
    clock.advance(30 * 60 + 4);
    expect(await codeOf(checks.verify(token))).toBe('accepted');
    clock.advance(2);
    expect(await codeOf(checks.verify(token))).toBe('TOKEN_EXPIRED');
  });

  test('another algorithm, another token type, and a foreign key', async () => {
    const checks = verifier();
    const token = await accessToken();
    const [header = '', payload = ''] = token.split('.');
    const { kid } = JSON.parse(atob(header));
    const { keys } = JSON.parse(await (await fetch(`${server.url}/.well-known/jwks.json`)).text());
    const claims = JSON.parse(atob(payload));
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hs256 = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}`;
    const forged = createHmac('sha256', JSON.stringify(keys[0])).update(hs256).digest('base64url');
    const { privateKey } = await generateKeyPair('ES256');
    const signed = (typ: string) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ, kid }).sign(privateKey);
    const attempts = [
      `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`,
      `${hs256}.${forged}`,
      await signed('at+jwt'),
      await signed('JWT'),
    ];
    for (const attempt of attempts) expect(await codeOf(checks.verify(attempt))).toBe('TOKEN_INVALID');
  });

  test.each([
    ['with another type', { type: 'refresh' }, {}],
    ['without a type', { type: undefined }, {}],
    ['without a session', { sid: undefined }, {}],
    ['without an expiry', { exp: undefined }, {}],
    ['with another media type', {}, { typ: 'JWT' }],
    ['without a key id', {}, { kid: undefined }],
  ])('a token signed with the right key %s', async (_what, claim, header) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'own', alg: 'ES256', use: 'sig' };
    const jwksUrl = `data:application/json,${encodeURIComponent(JSON.stringify({ keys: [jwk] }))}`;
    const checks = createVerifier({ issuer: server.url, jwksUrl, now });
    const [, payload = ''] = (await accessToken()).split('.');
    const sign = (claims: object, headers: object) =>
      new SignJWT({ ...JSON.parse(atob(payload)), ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'own', ...headers })
        .sign(privateKey);
    expect(await codeOf(checks.verify(await sign({}, {})))).toBe('accepted');
    expect(await codeOf(checks.verify(await sign(claim, header)))).toBe('TOKEN_INVALID');
  });
});

describe('after a logout', () => {
  test('a token is accepted offline until it expires; introspection refuses it at once', async () => {
    const checks = verifier();
    const { client, username } = await registerAndLogIn(server.url);
    const token = await client.accessToken();
    expect((await checks.introspect(token)).username).toBe(username);
    await client.auth.logout.mutate();
    expect(await codeOf(checks.verify(token))).toBe('accepted');
    expect(await codeOf(checks.introspect(token))).toBe('TOKEN_INVALID');
  });

  test('introspection reports a disabled or deleted account and an expired token', async () => {
    const checks = verifier();
    const { client, username } = await registerAndLogIn(server.url);
    const token = await client.accessToken();
    const run = (statement: string) => server.deps.db.execute(`${statement} where username = '${username}'`);
    await run('update users set is_active = false');
    expect(await codeOf(checks.introspect(token))).toBe('ACCOUNT_DISABLED');
    await run('delete from users');
    expect(await codeOf(checks.introspect(token))).toBe('USER_NOT_FOUND');
    const old = await accessToken();
    clock.advance(1801);
    expect(await codeOf(checks.introspect(old))).toBe('TOKEN_EXPIRED');
  });

  test('introspection refuses malformed tokens without sending them, and reports an unreachable service', async () => {
    const checks = verifier();
    expect(await codeOf(checks.introspect(undefined))).toBe('MISSING_TOKEN');
    expect(await codeOf(checks.introspect('a\r\nx-evil: 1'))).toBe('TOKEN_INVALID');
    const nowhere = createVerifier({ issuer: server.url, serviceUrl: 'http://127.0.0.1:9', now });
    expect(await codeOf(nowhere.introspect(await accessToken()))).toBe('UNAVAILABLE');
  });
});

test('a service with HS256 publishes no keys, and the error says to use introspect', async () => {
  const hs256 = await startTestServer({ overrides: { clock }, env: { JWT_SECRET_KEY: 'x'.repeat(32) } });
  const checks = createVerifier({ issuer: hs256.url, now });
  const { client, username } = await registerAndLogIn(hs256.url);
  const token = await client.accessToken();
  await expect(checks.verify(token)).rejects.toThrow('can only be checked with introspect');
  expect((await checks.introspect(token)).username).toBe(username);
  await hs256.close();
});
