import { type CryptoKey, importJWK, type JWK } from 'jose';
import { fetchJson } from './service-requests.ts';
import { VerifyError } from './verify-error.ts';

/** The public key with this id; undefined if the service does not publish it. */
export type KeySet = (kid: string) => Promise<CryptoKey | undefined>;

// The service publishes its keys with `max-age=300`.
const FRESH_MS = 300_000;
// Between two requests for an unknown key id, or while the service is unreachable.
const PAUSE_MS = 30_000;
// How long the known keys remain valid while the service is unreachable. Tokens live for half an hour.
const STALE_MS = 24 * 3_600_000;
const MAX_KEYS = 32;

type Keys = ReadonlyMap<string, CryptoKey>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isKey = (value: unknown): value is JWK & { readonly kid: string } =>
  isRecord(value) && typeof value['kid'] === 'string' && value['kty'] === 'EC' && value['crv'] === 'P-256';

const importKeys = async (body: unknown): Promise<Keys> => {
  if (!isRecord(body) || !Array.isArray(body['keys']))
    throw new VerifyError('UNAVAILABLE', { message: 'the service publishes no valid JWK Set' });
  const keys = new Map<string, CryptoKey>();
  for (const jwk of body['keys'].filter(isKey).slice(0, MAX_KEYS)) {
    const key = await importJWK(jwk, 'ES256');
    if (!(key instanceof Uint8Array)) keys.set(jwk.kid, key);
  }
  if (keys.size === 0)
    throw new VerifyError('UNAVAILABLE', {
      message: 'the service publishes no keys; if it signs with HS256, its tokens can only be checked with introspect',
    });
  return keys;
};

/**
 * The service's public keys (RFC 7517), fetched with the first token and again after five minutes. For an unknown key id they
 * are fetched at most once in 30 s, no matter how many tokens have one. While the service is unreachable, the known keys
 * remain valid for at most a day; after that, VerifyError UNAVAILABLE is thrown.
 */
export const createKeySet = (url: string, now: () => Date): KeySet => {
  let keys: Keys = new Map();
  let fetchedAt = -Infinity;
  let triedAt = -Infinity;
  let lastError: unknown;
  let fetching: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    triedAt = now().getTime();
    try {
      keys = await importKeys(await fetchJson(url));
      fetchedAt = triedAt;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
  };
  const loadOnce = (): Promise<void> => {
    fetching ??= load().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
  return async (kid) => {
    const time = now().getTime();
    const isDue = time - fetchedAt > FRESH_MS || !keys.has(kid);
    const mayLoad = fetching !== undefined || time - triedAt >= PAUSE_MS;
    // A known, unexpired key must not wait for the refetch that an unknown kid triggers.
    if (isDue && mayLoad) await loadOnce();
    if (now().getTime() - fetchedAt > STALE_MS) throw lastError;
    return keys.get(kid);
  };
};
