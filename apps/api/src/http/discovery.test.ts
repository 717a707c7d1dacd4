import { expect, test } from 'vitest';
import { z } from 'zod';
import { ask, createAccount, startTestServer } from '../testing.ts';

const PATHS = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
const metadataSchema = z.strictObject({
  issuer: z.url(),
  jwks_uri: z.url(),
  id_token_signing_alg_values_supported: z.array(z.string()),
});

test.each(PATHS)('a verifier that knows only the issuer finds the keys at %s', async (path) => {
  const server = await startTestServer({ env: { CAPTCHA_PROVIDER: 'none' } });
  const { status, headers, body } = await ask('GET', `${server.url}${path}`);
  const keys = await ask('GET', `${server.url}/.well-known/jwks.json`);
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  expect(headers.get('cache-control')).toBe(keys.headers.get('cache-control'));
  // Nothing else: no endpoint, and nothing that only an OpenID provider has.
  const metadata = metadataSchema.parse(body);
  expect(metadata).toMatchObject({ issuer: server.url, id_token_signing_alg_values_supported: ['ES256'] });
  const { accessToken } = await createAccount(server.url);
  const header: unknown = JSON.parse(Buffer.from(accessToken.split('.', 1)[0] ?? '', 'base64url').toString());
  const { kid, alg } = z.object({ kid: z.string(), alg: z.string() }).parse(header);
  expect(metadata.id_token_signing_alg_values_supported).toEqual([alg]);
  expect((await ask('GET', metadata.jwks_uri)).body).toMatchObject({ keys: [{ kid, alg }] });
  expect((await ask('POST', `${server.url}${path}`)).headers.get('allow')).toBe('GET, HEAD');
  await server.close();
});

test('under HS256 the algorithm says so, and the key set is empty', async () => {
  const server = await startTestServer({ env: { JWT_SECRET_KEY: 'Wq3zT8pLx0vRk5nYb2mHs7dFg4jAc9eU' } });
  for (const path of PATHS) {
    const { body } = await ask('GET', `${server.url}${path}`);
    const { jwks_uri: address, ...rest } = metadataSchema.parse(body);
    expect(rest).toEqual({ issuer: server.url, id_token_signing_alg_values_supported: ['HS256'] });
    expect((await ask('GET', address)).body).toEqual({ keys: [] });
  }
  await server.close();
});
