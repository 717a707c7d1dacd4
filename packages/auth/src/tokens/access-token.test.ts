import { createHmac, createSecretKey, generateKeyPairSync, sign } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { newId, systemRandom } from '../system.ts';
import { hs256KeyRing, type KeyRing } from '../signing-keys/key-ring.ts';
import { refusalOf } from '../testing/people.ts';
import { testClock } from '../testing/test-inputs.ts';
import { signAccessToken, verifiedTokens, verifyAccessToken } from './access-token.ts';

const names = { issuer: 'https://auth.example.com', audience: 'https://api.example.com' };
const SECRET = 'thirty-two bytes of a shared secret';
const clock = testClock();
const ids = { userId: newId(systemRandom, clock.now()), sessionId: newId(systemRandom, clock.now()) };

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const es256: KeyRing = {
  algorithm: 'ES256',
  signingKey: async () => ({ algorithm: 'ES256', kid: 'one', key: privateKey }),
  verificationKey: async () => publicKey,
  publicKeys: async () => ({ keys: [] }),
};
const hs256 = hs256KeyRing(SECRET);

const issue = (keys: KeyRing, changes: Partial<typeof names> = {}) =>
  signAccessToken(
    keys,
    {
      ...names,
      ...changes,
      ...ids,
      clientId: 'moonlight',
      isEmailVerified: true,
      tokenId: newId(systemRandom, clock.now()),
      seconds: 1800,
    },
    clock.now(),
  );
const verify = (token: string, keys = es256, now = clock.now()) =>
  refusalOf(verifyAccessToken(keys, { token, ...names }, now));

let good: string;
beforeAll(async () => {
  good = await issue(es256);
});

type Parts = { readonly header: object; readonly payload: object };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const standard = (): Parts => ({ header: decodeProtectedHeader(good), payload: decodeJwt(good) });
/** A token of any parts, signed with the genuine key. */
const signed = ({ header, payload }: Parts): string => {
  const text = `${encode(header)}.${encode(payload)}`;
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
};

test('a token contains the claims of the contract, and no others', () => {
  const issuedAt = Math.floor(clock.now().getTime() / 1000);
  expect(decodeProtectedHeader(good)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'one' });
  expect(decodeJwt(good)).toEqual({
    iss: names.issuer,
    aud: names.audience,
    sub: ids.userId,
    sid: ids.sessionId,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    iat: issuedAt,
    exp: issuedAt + 1800,
    type: 'access',
    client_id: 'moonlight',
    email_verified: true,
  });
});

test('a genuine token is valid with either algorithm', async () => {
  expect(await verify(good)).toBe('none');
  expect(await verify(await issue(hs256), hs256)).toBe('none');
  expect(decodeProtectedHeader(await issue(hs256))).toEqual({ alg: 'HS256', typ: 'at+jwt' });
  expect(await hs256.publicKeys(clock.now())).toEqual({ keys: [] });
});

// A signature has two numbers, and one of 256 begins with a zero byte that DER leaves out.
const MANY = 600;

test('jose accepts the tokens of the service, and the service those that jose signs with its keys', async () => {
  const { header, payload } = standard();
  const secret = createSecretKey(SECRET, 'utf8');
  const options = { ...names, typ: 'at+jwt', currentDate: clock.now() };
  for (const [keys, key, judge] of [
    [es256, privateKey, publicKey],
    [hs256, secret, secret],
  ] as const) {
    const { algorithm } = keys;
    for (let count = 0; count < MANY; count += 1) {
      await jwtVerify(await issue(keys), judge, { ...options, algorithms: [algorithm] });
      const signing = new SignJWT({ ...payload, jti: `${count}` });
      expect(await verify(await signing.setProtectedHeader({ ...header, alg: algorithm }).sign(key), keys)).toBe(
        'none',
      );
    }
  }
});

test('a token with any one character changed is invalid', async () => {
  for (let index = 0; index < good.length; index += 1) {
    const changed = good[index] === 'A' ? 'B' : 'A';
    expect(await verify(`${good.slice(0, index)}${changed}${good.slice(index + 1)}`)).toBe('TOKEN_INVALID');
  }
});

test('another string that decodes to the same signature is invalid', async () => {
  const last = good.codePointAt(good.length - 1) ?? 0;
  const spareBits = `${good.slice(0, -1)}${String.fromCodePoint(last + 1)}`;
  for (const twin of [spareBits, `${good.slice(0, -9)} ${good.slice(-9)}`, `${good}==`])
    expect(await verify(twin)).toBe('TOKEN_INVALID');
});

test('only the configured algorithm is accepted', async () => {
  const { header, payload } = standard();
  const none = `${encode({ ...header, alg: 'none' })}.${encode(payload)}.`;
  expect(await verify(none)).toBe('TOKEN_INVALID');
  // The public key as an HMAC secret: an attacker knows it.
  const text = `${encode({ ...header, alg: 'HS256' })}.${encode(payload)}`;
  for (const secret of [
    publicKey.export({ type: 'spki', format: 'pem' }),
    publicKey.export({ type: 'spki', format: 'der' }),
  ])
    expect(await verify(`${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`)).toBe(
      'TOKEN_INVALID',
    );
  expect(await verify(await issue(hs256))).toBe('TOKEN_INVALID');
  expect(await verify(good, hs256)).toBe('TOKEN_INVALID');
});

test('type, issuer and audience are checked, and every claim is required', async () => {
  const { header, payload } = standard();
  expect(await verify(signed({ header, payload }))).toBe('none');
  for (const change of [{ typ: 'JWT' }, { typ: undefined }, { crit: ['b64'], b64: false }])
    expect(await verify(signed({ header: { ...header, ...change }, payload }))).toBe('TOKEN_INVALID');
  const wrong = [
    { iss: 'https://evil.example' },
    { aud: 'https://evil.example' },
    { type: 'refresh' },
    { sub: 'admin' },
    { nbf: Math.floor(clock.now().getTime() / 1000) + 60 },
  ];
  const missing = ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'type'].map((claim) => ({ [claim]: undefined }));
  for (const change of [...wrong, ...missing])
    expect(await verify(signed({ header, payload: { ...payload, ...change } }))).toBe('TOKEN_INVALID');
});

test('a token expires exactly at `exp`, and a forged token is never reported as expired', async () => {
  const { header, payload } = standard();
  const expiry = new Date((decodeJwt(good).exp ?? 0) * 1000);
  expect(await verify(good, es256, new Date(expiry.getTime() - 1))).toBe('none');
  expect(await verify(good, es256, expiry)).toBe('TOKEN_EXPIRED');
  expect(await verify(`${good.slice(0, -4)}AAAA`, es256, expiry)).toBe('TOKEN_INVALID');
  expect(await verify(signed({ header, payload: { ...payload, iss: 'https://evil.example' } }), es256, expiry)).toBe(
    'TOKEN_INVALID',
  );
});

test('anything else than a token is TOKEN_INVALID', async () => {
  const [header = '', payload = '', signature = ''] = good.split('.');
  const garbage = ['', '.', '..', 'a.b.c', header, `${header}.${payload}`, `${good}.x`, `.${payload}.${signature}`];
  const hostile = [`${encode([])}.${payload}.${signature}`, `${encode(null)}.${payload}.${signature}`, '🌙.🌙.🌙'];
  const strange = [signed({ header: { alg: 'ES256', typ: 'at+jwt', kid: { a: 1 } }, payload: [] })];
  for (const token of [...garbage, ...hostile, ...strange]) expect(await verify(token)).toBe('TOKEN_INVALID');
});

test('a valid signature is cached, but the expiry and the key are checked on every call', async () => {
  const { publicKey: other } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let key: typeof publicKey | undefined = publicKey;
  const verifyToken = verifiedTokens({ ...es256, verificationKey: async () => key }, names);
  expect(await verifyToken(good, clock.now())).toMatchObject({ sub: ids.userId, kid: 'one' });
  // The signature does not match this key, but it is not verified again.
  key = other;
  expect(await verifyToken(good, clock.now())).toMatchObject({ sub: ids.userId });
  const later = new Date(clock.now().getTime() + 1_800_000);
  expect(await refusalOf(verifyToken(good, later))).toBe('TOKEN_EXPIRED');
  key = publicKey;
  await verifyToken(good, clock.now());
  key = undefined;
  for (let times = 0; times < 2; times += 1)
    expect(await refusalOf(verifyToken(good, clock.now()))).toBe('TOKEN_INVALID');
});

test('a token that is too long is refused without being parsed', async () => {
  const verifyToken = verifiedTokens(es256, names);
  expect(await refusalOf(verifyToken('A'.repeat(4097), clock.now()))).toBe('TOKEN_INVALID');
});
