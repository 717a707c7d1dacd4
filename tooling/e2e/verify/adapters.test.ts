import { once } from 'node:events';
import { request as sendRequest } from 'node:http';
import { startTestServer, type TestServer } from '@moonlight/api/testing';
import { type BearerOptions, createVerifier } from '@moonlight/verify';
import { bearer as expressBearer, claimsOf as expressClaimsOf, optionalClaimsOf } from '@moonlight/verify/express';
import { bearer as fastifyBearer, claimsOf as fastifyClaimsOf } from '@moonlight/verify/fastify';
import express from 'express';
import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoopbackServer } from '../src/loopback-server.ts';
import { registerAndLogIn } from '../src/people.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const ask = async (url: string, authorization?: string) => {
  const answer = await fetch(url, authorization === undefined ? {} : { headers: { authorization } });
  return {
    status: answer.status,
    challenge: answer.headers.get('www-authenticate'),
    body: JSON.parse(await answer.text()),
  };
};

/** The status of a request with any headers: `fetch` would not send those of a preflight. */
const rawStatus = async (url: string, method: string, headers: Record<string, string>): Promise<number | undefined> => {
  const [answer] = await once(sendRequest(url, { method, headers }).end(), 'response');
  answer.resume();
  return answer.statusCode;
};

const tryTokens = async (url: string) => {
  const { client } = await registerAndLogIn(server.url);
  const { id } = await client.account.profile.query();
  const { status, body } = await ask(url, `Bearer ${await client.accessToken()}`);
  return { good: [status, body.userId === id], none: await ask(url), wrong: await ask(url, 'Bearer x') };
};
const refused = (error: string, message: string) => ({
  status: 401,
  challenge: 'Bearer',
  body: { code: 401, message, error },
});
const EXPECTED = {
  good: [200, true],
  none: refused('MISSING_TOKEN', 'Missing token'),
  wrong: refused('TOKEN_INVALID', 'Invalid token'),
};

test('the Fastify hook protects the routes after it', async () => {
  const app = fastify();
  app.addHook('onRequest', fastifyBearer(createVerifier({ issuer: server.url })));
  app.get('/', (request) => ({ userId: fastifyClaimsOf(request).userId }));
  expect(await tryTokens(await app.listen({ host: '127.0.0.1', port: 0 }))).toEqual(EXPECTED);
  await app.close();
});

test('the Express middleware protects the routes after it', async () => {
  const app = express();
  app.use(expressBearer(createVerifier({ issuer: server.url })));
  app.get('/', (request, response) => response.json({ userId: expressClaimsOf(request).userId }));
  const { url, close } = await startLoopbackServer((request, response) => app(request, response));
  expect(await tryTokens(url)).toEqual(EXPECTED);
  await close();
});

/** An Express app and a Fastify app with the hook, whose only route returns the user of the request or null. */
const startApps = async (options?: BearerOptions) => {
  const verifier = createVerifier({ issuer: server.url });
  const withFastify = fastify();
  withFastify.addHook('onRequest', fastifyBearer(verifier, options));
  withFastify.route({
    method: ['GET', 'OPTIONS'],
    url: '/',
    handler: (request) => ({ userId: optionalClaimsOf(request)?.userId ?? null }),
  });
  const withExpress = express();
  withExpress.use(expressBearer(verifier, options));
  withExpress.all(
    '/',
    (request, response) => void response.json({ userId: optionalClaimsOf(request)?.userId ?? null }),
  );
  const { url, close } = await startLoopbackServer((request, response) => withExpress(request, response));
  return {
    urls: [url, await withFastify.listen({ host: '127.0.0.1', port: 0 })],
    close: () => Promise.all([close(), withFastify.close()]),
  };
};

test('a CORS preflight passes without a token; other requests with OPTIONS do not, nor does a preflight with a bad token', async () => {
  const { urls, close } = await startApps();
  const preflight = { origin: 'https://shop.example.com', 'access-control-request-method': 'GET' };
  for (const url of urls) {
    expect(await rawStatus(url, 'OPTIONS', preflight)).toBe(200);
    expect(await rawStatus(url, 'OPTIONS', { origin: preflight.origin })).toBe(401);
    expect(await rawStatus(url, 'OPTIONS', { 'access-control-request-method': 'GET' })).toBe(401);
    expect(await rawStatus(url, 'GET', preflight)).toBe(401);
    expect(await rawStatus(url, 'OPTIONS', { ...preflight, authorization: 'Bearer x' })).toBe(401);
    expect(await rawStatus(url, 'OPTIONS', {})).toBe(401);
  }
  await close();
});

test('an optional hook accepts a request without a token, and refuses a bad one', async () => {
  const { urls, close } = await startApps({ optional: true });
  const { client } = await registerAndLogIn(server.url);
  const { id: userId } = await client.account.profile.query();
  for (const url of urls) {
    expect(await ask(url)).toMatchObject({ status: 200, body: { userId: null } });
    expect(await ask(url, 'Basic dXNlcjpwYXNz')).toMatchObject({ status: 200, body: { userId: null } });
    expect(await ask(url, `Bearer ${await client.accessToken()}`)).toMatchObject({ status: 200, body: { userId } });
    expect(await ask(url, 'Bearer x')).toEqual(refused('TOKEN_INVALID', 'Invalid token'));
    expect(await ask(url, 'Bearer a b')).toEqual(refused('TOKEN_INVALID', 'Invalid token'));
  }
  await close();
});

describe('the service and the verifier answer an Authorization header alike', () => {
  test.each([
    ['', 'MISSING_TOKEN'],
    ['Bearer', 'MISSING_TOKEN'],
    ['Bearer    ', 'MISSING_TOKEN'],
    ['Bearer\tx', 'MISSING_TOKEN'],
    ['Bearerx', 'MISSING_TOKEN'],
    ['Basic dXNlcjpwYXNz', 'MISSING_TOKEN'],
    ['Bearer x', 'TOKEN_INVALID'],
    ['bearer x', 'TOKEN_INVALID'],
    ['BEARER   x', 'TOKEN_INVALID'],
    ['Bearer a b', 'TOKEN_INVALID'],
    ['Bearer a.b.c d', 'TOKEN_INVALID'],
    ['Bearer a\tb', 'TOKEN_INVALID'],
    ['Bearer a,b', 'TOKEN_INVALID'],
    ['Bearer "x"', 'TOKEN_INVALID'],
    ['Bearer x==', 'TOKEN_INVALID'],
    ['Bearer Bearer x', 'TOKEN_INVALID'],
    ['Bearer \u00e9', 'TOKEN_INVALID'],
  ])('%j', async (authorization, error) => {
    const { urls, close } = await startApps();
    for (const url of [...urls, `${server.url}/api/v1/auth/profile`])
      expect(await ask(url, authorization)).toMatchObject({ status: 401, body: { error } });
    const { status, body } = await ask(`${server.url}/trpc/account.profile`, authorization);
    expect([status, body.error.data.error]).toEqual([401, error]);
    await close();
  });

  test.each([
    ['BEARER {token}', 'accepted'],
    ['Bearer   {token}', 'accepted'],
    ['Bearer {token} x', 'TOKEN_INVALID'],
    ['Bearer {token}, x', 'TOKEN_INVALID'],
    ['Bearer {token}=', 'TOKEN_INVALID'],
    ['Bearer {head} {tail}', 'TOKEN_INVALID'],
    ['Bearer {twin}', 'TOKEN_INVALID'],
  ])('%s', async (pattern, expected) => {
    const { urls, close } = await startApps();
    const { client } = await registerAndLogIn(server.url);
    const token = (await client.accessToken()) ?? '';
    // Another string that decodes to the same signature.
    const twin = token.slice(0, -1) + String.fromCodePoint((token.codePointAt(token.length - 1) ?? 0) + 1);
    const parts = { '{twin}': twin, '{token}': token, '{head}': token.slice(0, -9), '{tail}': token.slice(-9) };
    const authorization = Object.entries(parts).reduce((text, [name, part]) => text.replace(name, part), pattern);
    for (const url of [...urls, `${server.url}/api/v1/auth/profile`]) {
      const { status, body } = await ask(url, authorization);
      expect(status === 200 ? 'accepted' : body.error).toBe(expected);
    }
    await close();
  });
});

test('if the keys cannot be fetched, the answer is 503, not 401', async () => {
  const app = fastify();
  app.addHook('onRequest', fastifyBearer(createVerifier({ issuer: server.url, serviceUrl: 'http://127.0.0.1:9' })));
  app.get('/', () => 'never');
  const { client } = await registerAndLogIn(server.url);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const answer = await ask(url, `Bearer ${await client.accessToken()}`);
  expect(answer).toMatchObject({ status: 503, challenge: null, body: { error: 'UNAVAILABLE' } });
  await app.close();
});

test('reading the claims of an unchecked request throws', () => {
  expect(() => fastifyClaimsOf({})).toThrow('this request was not checked');
});
