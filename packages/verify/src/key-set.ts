import { type CryptoKey, importJWK, type JWK } from 'jose';
import { fetchJson } from './fetch-json.ts';
import { VerifyError } from './verify-error.ts';

/** Finds the public key of an id; undefined for an id the service does not know. */
export type KeySet = (kid: string) => Promise<CryptoKey | undefined>;

// The service says `max-age=300` of its keys.
const FRESH_MS = 300_000;
// Between two requests for an id nobody knows, or while the service is away.
const PAUSE_MS = 30_000;
// A service that was away for a day has other troubles; tokens live for half an hour.
const STALE_MS = 24 * 3_600_000;
const MAX_KEYS = 32;

type Keys = ReadonlyMap<string, CryptoKey>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isKey = (value: unknown): value is JWK & { readonly kid: string } =>
  isRecord(value) && typeof value['kid'] === 'string' && value['kty'] === 'EC' && value['crv'] === 'P-256';

const importKeys = async (body: unknown): Promise<Keys> => {
  if (!isRecord(body) || !Array.isArray(body['keys']))
    throw new VerifyError('UNAVAILABLE', { message: 'what the service publishes is no JWK Set' });
  const keys = new Map<string, CryptoKey>();
  for (const jwk of body['keys'].filter(isKey).slice(0, MAX_KEYS)) {
    const key = await importJWK(jwk, 'ES256');
    if (!(key instanceof Uint8Array)) keys.set(jwk.kid, key);
  }
  if (keys.size === 0)
    throw new VerifyError('UNAVAILABLE', {
      message: 'the service publishes no keys: with HS256 it alone can check its tokens, so use introspect',
    });
  return keys;
};

/**
 * The service's public keys (RFC 7517), fetched when they are needed and again after five minutes. An id that is not
 * among them is looked for once in 30 s, however many tokens invent one. While the service is away, the keys that
 * are known stay good, for a day at most; then it throws VerifyError UNAVAILABLE.
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
    const isWanted = time - fetchedAt > FRESH_MS || !keys.has(kid);
    const mayLoad = fetching !== undefined || time - triedAt >= PAUSE_MS;
    // Whose key is known and fresh does not wait for a key that somebody else invented.
    if (isWanted && mayLoad) await loadOnce();
    if (now().getTime() - fetchedAt > STALE_MS) throw lastError;
    return keys.get(kid);
  };
};
