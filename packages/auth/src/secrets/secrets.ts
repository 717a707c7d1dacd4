import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from '@oslojs/encoding';
import type { AuthDeps } from '../deps.ts';
import type { Random } from '../system.ts';

/** The purpose of a derived key. A key for one purpose is useless for any other. */
export type KeyPurpose =
  | 'refresh-token'
  | 'verification-code'
  | 'outbox'
  | 'signing-key'
  | 'limit-key'
  | 'captcha'
  | 'pseudonym'
  | 'secret-id';

/**
 * A 32-byte key for one purpose, derived from SECRET_KEY by HKDF-SHA-256 (RFC 5869). The same input gives the same key.
 */
const deriveKey = (secretKey: string, purpose: KeyPurpose): KeyObject =>
  // As a KeyObject, because an HMAC with the bytes takes four times as long.
  createSecretKey(Buffer.from(hkdfSync('sha256', secretKey, '', `moonlight/${purpose}/v1`, 32)));

/** A key, and the id of the secret that it is derived from. The id tells nothing about the secret. */
export interface DerivedKey {
  readonly secretId: string;
  readonly key: KeyObject;
}

/** The keys of one purpose, one for each secret: the first seals and signs, and all of them open and verify. */
export type KeySet = readonly [DerivedKey, ...DerivedKey[]];

const SECRET_ID_BYTES = 6;

const deriveWithId = (secretKey: string, purpose: KeyPurpose): DerivedKey => ({
  secretId: deriveKey(secretKey, 'secret-id').export().toString('base64url', 0, SECRET_ID_BYTES),
  key: deriveKey(secretKey, purpose),
});

/** SECRET_KEY, and those of SECRET_KEY_PREVIOUS. */
export interface SecretKeys {
  readonly secretKey: string;
  readonly previousSecretKeys: readonly string[];
}

/** The keys for one purpose, those of SECRET_KEY first. */
export const deriveKeys = ({ secretKey, previousSecretKeys }: SecretKeys, purpose: KeyPurpose): KeySet => [
  deriveWithId(secretKey, purpose),
  ...previousSecretKeys.map((each) => deriveWithId(each, purpose)),
];

/**
 * The keys of the use cases. The key of the limits is that of SECRET_KEY alone, so limits begin anew with a new secret: a
 * counter has one name, and to count under two would double every statement for a change that is rare.
 */
export const deriveSecrets = (given: SecretKeys): AuthDeps['secrets'] => ({
  refreshToken: deriveKeys(given, 'refresh-token'),
  verificationCode: deriveKeys(given, 'verification-code'),
  outbox: deriveKeys(given, 'outbox'),
  signingKey: deriveKeys(given, 'signing-key'),
  pseudonym: deriveKeys(given, 'pseudonym'),
  limitKey: deriveKey(given.secretKey, 'limit-key'),
});

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts with AES-256-GCM (NIST SP 800-38D) and a random nonce. `context` is authenticated as well: what was sealed
 * for one row cannot be opened as the value of another. The result is base64url of version, nonce, tag and ciphertext.
 */
export const seal = (
  [{ key }]: KeySet,
  { context, plaintext }: { context: string; plaintext: string },
  random: Random,
): string => {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return encodeBase64urlNoPadding(Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ciphertext]));
};

interface Sealed {
  readonly context: string;
  readonly sealed: string;
}

/** Opens the result of `seal` with one of the keys. Undefined for garbage, another context, and when any bit was changed. */
export const unseal = (keys: readonly DerivedKey[], sealed: Sealed): string | undefined => {
  for (const { key } of keys) {
    const plaintext = unsealWith(key, sealed);
    if (plaintext !== undefined) return plaintext;
  }
  return undefined;
};

/**
 * What `sealed` contains, sealed with the first key: unchanged if it is already, undefined if none of the keys opens it.
 */
export const reseal = (keys: KeySet, { context, sealed }: Sealed, random: Random): string | undefined => {
  if (unsealWith(keys[0].key, { context, sealed }) !== undefined) return sealed;
  const plaintext = unseal(keys, { context, sealed });
  return plaintext === undefined ? undefined : seal(keys, { context, plaintext }, random);
};

const unsealWith = (key: KeyObject, { context, sealed }: Sealed): string | undefined => {
  try {
    const data = decodeBase64urlIgnorePadding(sealed);
    if (data.length < 1 + NONCE_BYTES + TAG_BYTES || data[0] !== VERSION) return undefined;
    const nonce = data.subarray(1, 1 + NONCE_BYTES);
    const tag = data.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context)).setAuthTag(tag);
    const plaintext = decipher.update(data.subarray(1 + NONCE_BYTES + TAG_BYTES), undefined, 'utf8');
    return plaintext + decipher.final('utf8');
  } catch {
    return undefined;
  }
};
