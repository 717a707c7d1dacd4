import { hkdfSync } from 'node:crypto';

/** What a derived key is for. A key made for one purpose is useless for every other. */
export type KeyPurpose =
  | 'refresh-token'
  | 'verification-code'
  | 'outbox'
  | 'signing-key'
  | 'limit-key'
  | 'captcha'
  | 'cookie';

/** A 32-byte key for one purpose, derived from SECRET_KEY by HKDF-SHA-256 (RFC 5869). The same input gives the same key. */
export const deriveKey = (secretKey: string, purpose: KeyPurpose): Buffer =>
  Buffer.from(hkdfSync('sha256', secretKey, '', `moonlight/${purpose}/v1`, 32));
