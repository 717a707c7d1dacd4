import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../random.ts';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts with AES-256-GCM (NIST SP 800-38D) under a random nonce. `context` is authenticated along: what was sealed
 * for one row cannot be opened as another's. The result is base64url of version, nonce, tag and ciphertext.
 */
export const seal = (options: { key: Buffer; context: string; plaintext: string }, random: Random): string => {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', options.key, nonce).setAAD(Buffer.from(options.context));
  const ciphertext = Buffer.concat([cipher.update(options.plaintext, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ciphertext]).toString('base64url');
};

/** Opens what `seal` made; undefined when key or context differ, or a bit was changed. */
export const unseal = (options: { key: Buffer; context: string; sealed: string }): string | undefined => {
  const data = Buffer.from(options.sealed, 'base64url');
  if (data.length < 1 + NONCE_BYTES + TAG_BYTES || data[0] !== VERSION) return undefined;
  const nonce = data.subarray(1, 1 + NONCE_BYTES);
  const tag = data.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', options.key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(options.context)).setAuthTag(tag);
  try {
    const plaintext = decipher.update(data.subarray(1 + NONCE_BYTES + TAG_BYTES), undefined, 'utf8');
    return plaintext + decipher.final('utf8');
  } catch {
    return undefined;
  }
};
