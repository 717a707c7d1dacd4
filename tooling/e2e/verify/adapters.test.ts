import { startTestServer, type TestServer } from '@moonlight/api/testing';
import { createVerifier } from '@moonlight/verify';
import { bearer as expressBearer, claimsOf as expressClaimsOf } from '@moonlight/verify/express';
import { bearer as fastifyBearer, claimsOf as fastifyClaimsOf } from '@moonlight/verify/fastify';
import express from 'express';
import { fastify } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
