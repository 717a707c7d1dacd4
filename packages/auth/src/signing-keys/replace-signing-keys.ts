import type { Tx } from '@moonlight/db';
import { createSigningKey, type SigningKeyParts } from './rotate-signing-keys.ts';
import { insertSigningKey, lockSigningKeys, removeAllSigningKeys } from './signing-keys-store.ts';

/** Removes all signing keys and creates one that signs at once. Returns how many were removed. */
export const replaceSigningKeys = async (tx: Tx, parts: Omit<SigningKeyParts, 'db'>, now: Date): Promise<number> => {
  await lockSigningKeys(tx);
  const removed = await removeAllSigningKeys(tx);
  await insertSigningKey(tx, await createSigningKey(parts, now, now));
  return removed;
};
