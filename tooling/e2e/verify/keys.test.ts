import { createTestClock, startTestServer, type TestServer } from '@moonlight/api/testing';
import { rotateSigningKeys } from '@moonlight/auth';
import { createVerifier, VerifyError } from '@moonlight/verify';
import { SignJWT, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerAndLogIn } from '../src/people.ts';
import { type PublishedKeys, publishKeys } from '../src/loopback-server.ts';

const clock = createTestClock();
const now = () => clock.now();
let server: TestServer;
let keys: PublishedKeys;
beforeAll(async () => {
  server = await startTestServer({ overrides: { clock } });
  keys = await publishKeys(server.url);
});
afterAll(async () => {
  await keys.close();
  await server.close();
});

const verifier = () => createVerifier({ issuer: server.url, jwksUrl: keys.url, now });
const accessToken = async () => (await (await registerAndLogIn(server.url)).client.accessToken())!;
const kidOf = (token: string): unknown => JSON.parse(atob(token.split('.')[0]!)).kid;
const codeOf = (checked: Promise<unknown>): Promise<unknown> =>
  checked.then(
    () => 'accepted',
    (error: unknown) => (error instanceof VerifyError ? error.code : error),
  );

test('a new signing key is fetched, and the old one is accepted as long as its tokens live', async () => {
  const checks = verifier();
  const before = await accessToken();
  expect(await codeOf(checks.verify(before))).toBe('accepted');
  clock.advance(31 * 86_400);
  const { db, random, secrets } = server.deps;
  await rotateSigningKeys({ db, random, sealingKeys: secrets.signingKey }, clock.now());
  clock.advance(599);
  const last = await accessToken();
  clock.advance(2);
  const first = await accessToken();
  expect([kidOf(last) === kidOf(before), kidOf(first) === kidOf(before)]).toEqual([true, false]);
  expect([await codeOf(checks.verify(last)), await codeOf(checks.verify(first))]).toEqual(['accepted', 'accepted']);
});

test('unknown key ids cause at most one request in 30 seconds', async () => {
  const checks = verifier();
  const { privateKey } = await generateKeyPair('ES256');
  const signWithUnknown = (kid: string) =>
    new SignJWT({}).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid }).sign(privateKey);
  const before = keys.requests();
  for (let tries = 0; tries < 20; tries += 1)
    expect(await codeOf(checks.verify(await signWithUnknown(`kid-${tries}`)))).toBe('TOKEN_INVALID');
  expect(keys.requests() - before).toBe(1);
  clock.advance(30);
  await codeOf(checks.verify(await signWithUnknown('another')));
  expect(keys.requests() - before).toBe(2);
});

test('a valid token does not wait while the keys are fetched for an unknown key id', async () => {
  const checks = verifier();
  await checks.verify(await accessToken());
  clock.advance(30);
  const token = await accessToken();
  const { privateKey } = await generateKeyPair('ES256');
  const unknown = new SignJWT({}).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'unknown' });
  const release = keys.hold();
  const before = keys.requests();
  let isAnswered = false;
  const refused = codeOf(checks.verify(await unknown.sign(privateKey))).finally(() => (isAnswered = true));
  await expect.poll(() => keys.requests() - before).toBe(1);
  expect(await codeOf(checks.verify(token))).toBe('accepted');
  expect(isAnswered).toBe(false);
  release();
  expect(await refused).toBe('TOKEN_INVALID');
});

test('while the service is unreachable, the known keys remain valid for at most a day', async () => {
  const checks = verifier();
  expect(await codeOf(checks.verify(await accessToken()))).toBe('accepted');
  keys.goAway();
  clock.advance(3600);
  const before = keys.requests();
  const token = await accessToken();
  for (let tries = 0; tries < 5; tries += 1) expect(await codeOf(checks.verify(token))).toBe('accepted');
  expect(keys.requests() - before).toBe(1);
  clock.advance(24 * 3600);
  expect(await codeOf(checks.verify(await accessToken()))).toBe('UNAVAILABLE');
  keys.comeBack();
  clock.advance(30);
  expect(await codeOf(checks.verify(await accessToken()))).toBe('accepted');
});

test('keys are fetched again after five minutes, so that a withdrawn key is not accepted for long', async () => {
  const checks = verifier();
  const token = await accessToken();
  await checks.verify(token);
  const before = keys.requests();
  clock.advance(299);
  await checks.verify(token);
  expect(keys.requests() - before).toBe(0);
  clock.advance(2);
  await checks.verify(token);
  expect(keys.requests() - before).toBe(1);
});

test('if no key could be fetched yet, the error is UNAVAILABLE, not TOKEN_INVALID', async () => {
  keys.goAway();
  expect(await codeOf(verifier().verify(await accessToken()))).toBe('UNAVAILABLE');
  keys.comeBack();
});
