import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Database } from '@moonlight/db';
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import { secondsAfter } from '../clock.ts';
import { newId, type Random } from '../random.ts';
import { seal, unseal } from '../secrets/seal.ts';
import {
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  removeOldSigningKeys,
  type SigningKeyRow,
} from './signing-keys-store.ts';

// Verifiers keep our JWK Set for 300 s and replicas look for new keys every 60 s; by then everybody knows the new one.
const PUBLISHED_BEFORE_USE_SECONDS = 600;
const SIGNS_FOR_SECONDS = 30 * 86_400;
const KEPT_FOR_SECONDS = 3 * SIGNS_FOR_SECONDS;

/** What making a key needs; `sealingKey` is the key of purpose `signing-key`. */
export interface SigningKeyParts {
  readonly db: Database;
  readonly random: Random;
  readonly sealingKey: Buffer;
}

const makeKey = async (
  { random, sealingKey }: SigningKeyParts,
  now: Date,
  activatesAt: Date,
): Promise<SigningKeyRow> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = newId(random, now);
  const { kty, crv, x, y } = await exportJWK(publicKey);
  if (kty === undefined || crv === undefined || x === undefined || y === undefined) throw new Error('not an EC key');
  const sealed = seal({ key: sealingKey, context: kid, plaintext: await exportPKCS8(privateKey) }, random);
  return { kid, algorithm: 'ES256', publicJwk: { kty, crv, x, y }, privateKey: sealed, createdAt: now, activatesAt };
};

/** The secret half of a stored key; undefined when it cannot be opened, as SECRET_KEY was changed since. */
export const openSigningKey = ({ sealingKey }: SigningKeyParts, row: SigningKeyRow): KeyObject | undefined => {
  const pem = unseal({ key: sealingKey, context: row.kid, sealed: row.privateKey });
  return pem === undefined ? undefined : createPrivateKey(pem);
};

/**
 * Adds a key when there is none that can be opened, or when the newest has signed for 30 days. The first one signs at once; a
 * successor is published ahead of its use. Replicas that do this at the same moment make one key together. Answers
 * whether a key was made.
 */
export const rotateSigningKeys = async (parts: SigningKeyParts, now: Date): Promise<boolean> =>
  parts.db.transaction(async (tx) => {
    await lockSigningKeys(tx);
    const newest = (await listSigningKeys(tx)).find((row) => openSigningKey(parts, row) !== undefined);
    if (newest !== undefined && secondsAfter(newest.activatesAt, SIGNS_FOR_SECONDS) > now) return false;
    const activatesAt = newest === undefined ? now : secondsAfter(now, PUBLISHED_BEFORE_USE_SECONDS);
    await insertSigningKey(tx, await makeKey(parts, now, activatesAt));
    if (newest !== undefined) await removeOldSigningKeys(tx, secondsAfter(now, -KEPT_FOR_SECONDS), newest.kid);
    return true;
  });
