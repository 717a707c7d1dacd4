import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from '@oslojs/encoding';
import type { Random } from '../system.ts';

/** The purpose of a derived key. A key for one purpose is useless for any other. */
export type KeyPurpose =
  | 'refresh-token'
  | 'verification-code'
  | 'outbox'
  | 'signing-key'
  | 'limit-key'
  | 'captcha'
  | 'cookie';

/**
 * A 32-byte key for one purpose, derived from SECRET_KEY by HKDF-SHA-256 (RFC 5869). The same input gives the same key.
 */
export const deriveKey = (secretKey: string, purpose: KeyPurpose): KeyObject =>
  // As a KeyObject, because an HMAC with the bytes takes four times as long.
  createSecretKey(Buffer.from(hkdfSync('sha256', secretKey, '', `moonlight/${purpose}/v1`, 32)));

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts with AES-256-GCM (NIST SP 800-38D) and a random nonce. `context` is authenticated as well: what was sealed
 * for one row cannot be opened as the value of another. The result is base64url of version, nonce, tag and ciphertext.
 */
export const seal = (options: { key: KeyObject; context: string; plaintext: string }, random: Random): string => {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', options.key, nonce).setAAD(Buffer.from(options.context));
  const ciphertext = Buffer.concat([cipher.update(options.plaintext, 'utf8'), cipher.final()]);
  return encodeBase64urlNoPadding(Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ciphertext]));
};

/** Opens the result of `seal`. Undefined for garbage, another key or context, and when any bit was changed. */
export const unseal = (options: { key: KeyObject; context: string; sealed: string }): string | undefined => {
  try {
    const data = decodeBase64urlIgnorePadding(options.sealed);
    if (data.length < 1 + NONCE_BYTES + TAG_BYTES || data[0] !== VERSION) return undefined;
    const nonce = data.subarray(1, 1 + NONCE_BYTES);
    const tag = data.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', options.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(options.context)).setAuthTag(tag);
    const plaintext = decipher.update(data.subarray(1 + NONCE_BYTES + TAG_BYTES), undefined, 'utf8');
    return plaintext + decipher.final('utf8');
  } catch {
    return undefined;
  }
};
