import { transaction } from '@moonlight/db';
import { reseal } from '../secrets/secrets.ts';
import type { SigningKeyParts } from './rotate-signing-keys.ts';
import { listSigningKeys, lockSigningKeys, replacePrivateKey } from './signing-keys-store.ts';

/**
 * Seals the private parts of signing keys with SECRET_KEY that an older secret sealed, all or none. Returns how many, and
 * how many were sealed with a secret that is not configured.
 */
export const resealSigningKeys = ({ db, random, sealingKeys }: SigningKeyParts) =>
  transaction(db, async (tx) => {
    await lockSigningKeys(tx);
    let [resealed, unreadable] = [0, 0];
    for (const { kid, privateKey } of await listSigningKeys(tx)) {
      const result = reseal(sealingKeys, { context: kid, sealed: privateKey }, random);
      if (result === undefined) unreadable += 1;
      if (result === undefined || result === privateKey) continue;
      await replacePrivateKey(tx, { kid, privateKey: result });
      resealed += 1;
    }
    return { resealed, unreadable };
  });
