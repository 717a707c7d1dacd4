import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { secondsAfter } from '../system.ts';
import { openSigningKey, rotateSigningKeys, type SigningKeyParts } from './rotate-signing-keys.ts';
import { listSigningKeys, type SigningKeyRow } from './signing-keys-store.ts';

/** A key that signs access tokens. HS256 keys have no id and are never published. */
interface SigningKey {
  readonly algorithm: 'ES256' | 'HS256';
  readonly kid: string | undefined;
  readonly key: KeyObject;
}

/** The keys of access tokens: one to sign with, and those that verify signatures. */
export interface KeyRing {
  readonly algorithm: 'ES256' | 'HS256';
  signingKey(now: Date): Promise<SigningKey>;
  /** The key that a token's header names; undefined when it does not exist or is no longer published. */
  verificationKey(header: { readonly kid?: string | undefined }, now: Date): Promise<KeyObject | undefined>;
  /** The public keys as a JWK Set (RFC 7517); empty under HS256. */
  publicKeys(now: Date): Promise<{ keys: Readonly<Record<string, unknown>>[] }>;
}

/** One shared secret, as its UTF-8 bytes: it signs and verifies, and nothing is published. */
export const hs256KeyRing = (secret: string): KeyRing => {
  const key = createSecretKey(secret, 'utf8');
  return {
    algorithm: 'HS256',
    signingKey: async () => ({ algorithm: 'HS256', kid: undefined, key }),
    verificationKey: async () => key,
    publicKeys: async () => ({ keys: [] }),
  };
};

const RELOAD_SECONDS = 60;
// Tokens with an unknown kid cause at most one query in this time, not one for each request.
const UNKNOWN_KID_RELOAD_SECONDS = 5;

interface LoadedKey extends SigningKeyRow {
  /** Undefined when the private key cannot be opened. The public key still verifies. */
  readonly key: KeyObject | undefined;
  readonly publicKey: KeyObject;
}

/**
 * The keys that sign, will sign, or signed tokens that have not expired yet; `all` is sorted by activation, latest
 * first.
 */
const published = (all: readonly LoadedKey[], now: Date, accessTokenSeconds: number): LoadedKey[] =>
  all.filter((_, index) => {
    const successor = all.slice(0, index).findLast((newer) => newer.key !== undefined);
    return successor === undefined || secondsAfter(successor.activatesAt, accessTokenSeconds + RELOAD_SECONDS) > now;
  });

/** Reads the keys, and creates one when none can sign: at the first start, and after SECRET_KEY was changed. */
const loadKeys = async (parts: SigningKeyParts, now: Date): Promise<LoadedKey[]> => {
  const read = async () =>
    (await listSigningKeys(parts.db)).map((row) => ({
      ...row,
      key: openSigningKey(parts, row),
      publicKey: createPublicKey({ key: row.publicJwk, format: 'jwk' }),
    }));
  const keys = await read();
  if (keys.some(({ key }) => key !== undefined)) return keys;
  await rotateSigningKeys(parts, now);
  return read();
};

/** Reads the keys again when they are older than `seconds`; concurrent calls share one query. */
const reloadingKeys = (parts: SigningKeyParts) => {
  let keys: Promise<LoadedKey[]> | undefined;
  let loadedAt = new Date(0);
  return (seconds: number, now: Date): Promise<LoadedKey[]> => {
    if (keys !== undefined && secondsAfter(loadedAt, seconds) > now) return keys;
    const previous = keys;
    loadedAt = now;
    // When the database cannot be reached for a moment, the keys that are known already must stay in use.
    keys = loadKeys(parts, now).catch((error: unknown) => {
      keys = previous;
      if (previous === undefined) throw error;
      return previous;
    });
    return keys;
  };
};

/**
 * The keys in the database, read again every minute. A key whose private part cannot be opened does not sign, so a
 * changed SECRET_KEY causes no outage. A retired key verifies until the last access token it signed has expired.
 */
export const es256KeyRing = (parts: SigningKeyParts, accessTokenSeconds: number): KeyRing => {
  const loadedWithin = reloadingKeys(parts);
  return {
    algorithm: 'ES256',
    signingKey: async (now) => {
      const usable = (await loadedWithin(RELOAD_SECONDS, now)).filter(({ key }) => key !== undefined);
      const current = usable.find(({ activatesAt }) => activatesAt <= now) ?? usable.at(-1);
      if (current?.key === undefined) throw new Error('no signing key can be opened');
      return { algorithm: 'ES256', kid: current.kid, key: current.key };
    },
    verificationKey: async ({ kid }, now) => {
      for (const age of [RELOAD_SECONDS, UNKNOWN_KID_RELOAD_SECONDS]) {
        const all = await loadedWithin(age, now);
        const row = published(all, now, accessTokenSeconds).find((key) => key.kid === kid);
        if (row !== undefined) return row.publicKey;
      }
      return undefined;
    },
    publicKeys: async (now) => {
      const all = await loadedWithin(RELOAD_SECONDS, now);
      const current = published(all, now, accessTokenSeconds);
      return { keys: current.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: 'ES256', use: 'sig' })) };
    },
  };
};
