import { createPublicKey, type KeyObject } from 'node:crypto';
import { errors } from 'jose';
import { secondsAfter } from '../clock.ts';
import type { KeyRing } from '../tokens/access-token.ts';
import { openSigningKey, rotateSigningKeys, type SigningKeyParts } from './rotate-signing-keys.ts';
import { listSigningKeys, type SigningKeyRow } from './signing-keys-store.ts';

const RELOAD_SECONDS = 60;
// A header with an invented kid may cause one look into the database in so many seconds, not one per request.
const UNKNOWN_KID_RELOAD_SECONDS = 5;

interface LoadedKey extends SigningKeyRow {
  /** Absent when it cannot be opened. Its public half still verifies. */
  readonly key: KeyObject | undefined;
  readonly publicKey: KeyObject;
}

/** The keys that sign, will sign, or signed what is not expired yet; `all` has the newest first. */
const published = (all: readonly LoadedKey[], now: Date, accessTokenSeconds: number): LoadedKey[] =>
  all.filter((_, index) => {
    const successor = all.slice(0, index).findLast((newer) => newer.key !== undefined);
    return successor === undefined || secondsAfter(successor.activatesAt, accessTokenSeconds + RELOAD_SECONDS) > now;
  });

/** Reads the keys, and makes one where none can sign: on the first start, and after SECRET_KEY was changed. */
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

/**
 * The keys in the database, looked at again every minute. A key whose secret half cannot be opened any more is passed
 * over, so a changed SECRET_KEY costs no outage. A retired key verifies for as long as an access token lives.
 */
export const es256KeyRing = (parts: SigningKeyParts, accessTokenSeconds: number): KeyRing => {
  let keys: Promise<LoadedKey[]> | undefined;
  let loadedAt = new Date(0);

  const notOlderThan = (seconds: number, now: Date): Promise<LoadedKey[]> => {
    if (keys !== undefined && secondsAfter(loadedAt, seconds) > now) return keys;
    const previous = keys;
    loadedAt = now;
    // A database that is away for a moment must not cost the keys that are known already.
    keys = loadKeys(parts, now).catch((error: unknown) => {
      keys = previous;
      if (previous === undefined) throw error;
      return previous;
    });
    return keys;
  };

  return {
    algorithm: 'ES256',
    signingKey: async (now) => {
      const usable = (await notOlderThan(RELOAD_SECONDS, now)).filter(({ key }) => key !== undefined);
      const current = usable.find(({ activatesAt }) => activatesAt <= now) ?? usable.at(-1);
      if (current?.key === undefined) throw new Error('there is no signing key');
      return { algorithm: 'ES256', kid: current.kid, key: current.key };
    },
    verificationKey: async ({ kid }, now) => {
      for (const age of [RELOAD_SECONDS, UNKNOWN_KID_RELOAD_SECONDS]) {
        const all = await notOlderThan(age, now);
        const row = published(all, now, accessTokenSeconds).find((key) => key.kid === kid);
        if (row !== undefined) return row.publicKey;
      }
      throw new errors.JWKSNoMatchingKey();
    },
    publicKeys: async (now) => {
      const all = await notOlderThan(RELOAD_SECONDS, now);
      const alive = published(all, now, accessTokenSeconds);
      return { keys: alive.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: 'ES256', use: 'sig' })) };
    },
  };
};
