import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type Database, transaction, type Tx } from '@moonlight/db';
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import { type KeySet, seal, unseal } from '../secrets/secrets.ts';
import { newId, type Random, secondsAfter } from '../system.ts';
import {
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  removeOldSigningKeys,
  type SigningKeyRow,
} from './signing-keys-store.ts';

// Verifiers cache our JWK Set for 300 s and replicas read the keys every second, so all of them know a key before it
// signs.
const PUBLISHED_BEFORE_USE_SECONDS = 600;
const SIGNS_FOR_SECONDS = 30 * 86_400;
const KEPT_FOR_SECONDS = 3 * SIGNS_FOR_SECONDS;

/** What creating a key needs; `sealingKeys` are the derived keys for the purpose `signing-key`. */
export interface SigningKeyParts {
  readonly db: Database;
  readonly random: Random;
  readonly sealingKeys: KeySet;
}

export const createSigningKey = async (
  { random, sealingKeys }: Omit<SigningKeyParts, 'db'>,
  now: Date,
  activatesAt: Date,
): Promise<SigningKeyRow> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = newId(random, now);
  const { kty, crv, x, y } = await exportJWK(publicKey);
  if (kty === undefined || crv === undefined || x === undefined || y === undefined) throw new Error('not an EC key');
  const sealed = seal(sealingKeys, { context: kid, plaintext: await exportPKCS8(privateKey) }, random);
  return { kid, algorithm: 'ES256', publicJwk: { kty, crv, x, y }, privateKey: sealed, createdAt: now, activatesAt };
};

/** The private part of a stored key; undefined when it was sealed with a secret that is no longer configured. */
export const openSigningKey = ({ sealingKeys }: SigningKeyParts, row: SigningKeyRow): KeyObject | undefined => {
  const pem = unseal(sealingKeys, { context: row.kid, sealed: row.privateKey });
  return pem === undefined ? undefined : createPrivateKey(pem);
};

interface RotationOptions {
  /** Adds a key even if the latest one is young. */
  readonly isForced?: boolean;
  /** Called with the new key in the transaction that adds it. */
  readonly onCreated?: (tx: Tx, key: SigningKeyRow) => Promise<void>;
}

/**
 * Adds a key when none can be opened, or when the latest has been signing for 30 days. The first key signs at once; a
 * successor is published before it signs. When replicas do this at the same moment, they create one key in total.
 * Returns whether this call created a key.
 */
export const rotateSigningKeys = (
  parts: SigningKeyParts,
  now: Date,
  { isForced = false, onCreated }: RotationOptions = {},
): Promise<boolean> =>
  transaction(parts.db, async (tx) => {
    await lockSigningKeys(tx);
    const newest = (await listSigningKeys(tx)).find((row) => openSigningKey(parts, row) !== undefined);
    const isYoung = newest !== undefined && secondsAfter(newest.activatesAt, SIGNS_FOR_SECONDS) > now;
    if (isYoung && !isForced) return false;
    const activatesAt = newest === undefined ? now : secondsAfter(now, PUBLISHED_BEFORE_USE_SECONDS);
    const created = await createSigningKey(parts, now, activatesAt);
    await insertSigningKey(tx, created);
    await onCreated?.(tx, created);
    if (newest !== undefined) await removeOldSigningKeys(tx, secondsAfter(now, -KEPT_FOR_SECONDS), newest.kid);
    return true;
  });
