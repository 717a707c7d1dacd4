import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from '@oslojs/encoding';
import type { DerivedKey } from '../secrets/secrets.ts';
import type { Random } from '../system.ts';

/** The content of a refresh token: the session, and how often it had been refreshed when the token was issued. */
export interface RefreshTokenContent {
  readonly sessionId: string;
  readonly counter: number;
}

// version (1 byte) | session id (16) | counter (4, big endian) | HMAC-SHA-256 of the preceding bytes (32)
const VERSION = 1;
const SIGNED_BYTES = 21;
const TOKEN_BYTES = SIGNED_BYTES + 32;
const TOKEN_CHARACTERS = Math.ceil((TOKEN_BYTES * 4) / 3);

const sign = (key: KeyObject, signed: Buffer): Buffer => createHmac('sha256', key).update(signed).digest();

/**
 * The refresh token of a session at a counter. It is derived, not drawn at random: the same content gives the same
 * string, so a replay within the grace window returns exactly the successor that was issued before.
 */
export const issueRefreshToken = ({ key }: DerivedKey, content: RefreshTokenContent): string => {
  const signed = Buffer.alloc(SIGNED_BYTES);
  signed.writeUInt8(VERSION, 0);
  signed.write(content.sessionId.replaceAll('-', ''), 1, 'hex');
  signed.writeUInt32BE(content.counter, 17);
  return encodeBase64urlNoPadding(Buffer.concat([signed, sign(key, signed)]));
};

const decode = (token: string): Buffer | undefined => {
  try {
    return Buffer.from(decodeBase64urlIgnorePadding(token));
  } catch {
    return undefined;
  }
};

/** Reads a refresh token that one of the keys signed, without any I/O; undefined for garbage and forgeries. */
export const readRefreshToken = (keys: readonly DerivedKey[], token: string): RefreshTokenContent | undefined => {
  if (token.length !== TOKEN_CHARACTERS) return undefined;
  const bytes = decode(token);
  if (bytes === undefined || bytes.length !== TOKEN_BYTES || bytes[0] !== VERSION) return undefined;
  const signed = bytes.subarray(0, SIGNED_BYTES);
  const signature = bytes.subarray(SIGNED_BYTES);
  if (!keys.some(({ key }) => timingSafeEqual(signature, sign(key, signed)))) return undefined;
  const hex = signed.toString('hex', 1, 17);
  const sessionId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { sessionId, counter: signed.readUInt32BE(17) };
};

/** A new link token of 256 random bits, and the SHA-256 that is stored in its place. */
export const newLinkToken = (random: Random): { token: string; hash: string } => {
  const token = encodeBase64urlNoPadding(random.bytes(32));
  return { token, hash: hashLinkToken(token) };
};

/**
 * The hash by which a link token is stored and found. A plain SHA-256 suffices: 2^256 tokens cannot be guessed, and the
 * time of an index look-up by the hash reveals nothing about the token.
 */
export const hashLinkToken = (token: string): string =>
  encodeBase64urlNoPadding(createHash('sha256').update(token).digest());
