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

// A removed key stops counting after this time, for the price of one small query a second in each process.
const RELOAD_SECONDS = 1;
// A process that could not reload the keys for a while may still sign with a key that has a successor.
export const RETIRED_SIGNS_SECONDS = 60;

interface LoadedKey extends SigningKeyRow {
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  /** From this moment on it is not published and verifies nothing, because every token that it signed has expired. */
  readonly endsAt: Date | undefined;
}

const readKeys = async (parts: SigningKeyParts, accessTokenSeconds: number): Promise<LoadedKey[]> => {
  const usable: LoadedKey[] = [];
  // Sorted by activation, latest first, so the last usable one is the successor.
  for (const row of await listSigningKeys(parts.db)) {
    const key = openSigningKey(parts, row);
    if (key === undefined) continue;
    const successor = usable.at(-1);
    const publicKey = createPublicKey({ key: row.publicJwk, format: 'jwk' });
    const endsAt = successor && secondsAfter(successor.activatesAt, accessTokenSeconds + RETIRED_SIGNS_SECONDS);
    usable.push({ ...row, key, publicKey, endsAt });
  }
  return usable;
};

/** Reads the keys, and creates one when none can sign: at the first start, and after SECRET_KEY was changed. */
const loadKeys = async (parts: SigningKeyParts, accessTokenSeconds: number, now: Date): Promise<LoadedKey[]> => {
  const keys = await readKeys(parts, accessTokenSeconds);
  if (keys.length > 0) return keys;
  await rotateSigningKeys(parts, now);
  return readKeys(parts, accessTokenSeconds);
};

/** Reads the keys again when they are older than a second; concurrent calls share one query. */
const reloadingKeys = (parts: SigningKeyParts, accessTokenSeconds: number) => {
  let keys: Promise<LoadedKey[]> | undefined;
  let loadedAt = 0;
  return async (now: Date): Promise<LoadedKey[]> => {
    // The absolute difference, so that a clock that was set back does not keep the keys from being read.
    if (keys === undefined || Math.abs(now.getTime() - loadedAt) >= RELOAD_SECONDS * 1000) {
      const previous = keys;
      loadedAt = now.getTime();
      // When the database cannot be reached for a moment, the keys that are known already must stay in use.
      keys = loadKeys(parts, accessTokenSeconds, now).catch((error: unknown) => {
        keys = previous;
        if (previous === undefined) throw error;
        return previous;
      });
    }
    return (await keys).filter(({ endsAt }) => endsAt === undefined || endsAt > now);
  };
};

/**
 * The keys in the database, read again every second, so that a removed key stops counting on every replica. A key whose
 * private part cannot be opened does not count either: a changed SECRET_KEY ends the tokens of the old one, and causes no
 * outage. A retired key verifies until the last access token it signed has expired.
 */
export const es256KeyRing = (parts: SigningKeyParts, accessTokenSeconds: number): KeyRing => {
  const currentKeys = reloadingKeys(parts, accessTokenSeconds);
  return {
    algorithm: 'ES256',
    signingKey: async (now) => {
      const keys = await currentKeys(now);
      const current = keys.find(({ activatesAt }) => activatesAt <= now) ?? keys.at(-1);
      if (current === undefined) throw new Error('no signing key can be opened');
      return { algorithm: 'ES256', kid: current.kid, key: current.key };
    },
    verificationKey: async ({ kid }, now) => (await currentKeys(now)).find((key) => key.kid === kid)?.publicKey,
    publicKeys: async (now) => {
      const keys = await currentKeys(now);
      return { keys: keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: 'ES256', use: 'sig' })) };
    },
  };
};
