import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a refresh token says: which session, and how often it had been refreshed when the token was issued. */
export interface RefreshTokenContent {
  readonly sessionId: string;
  readonly counter: number;
}

// version (1 byte) | session id (16) | counter (4, big endian) | HMAC-SHA-256 of all before (32)
const VERSION = 1;
const SIGNED_BYTES = 21;
const TOKEN_BYTES = SIGNED_BYTES + 32;
const TOKEN_CHARACTERS = Math.ceil((TOKEN_BYTES * 4) / 3);

const sign = (key: Buffer, signed: Buffer): Buffer => createHmac('sha256', key).update(signed).digest();

/**
 * The refresh token of a session at a counter. It is derived, not drawn: the same content gives the same string, which
 * lets a replay within the grace window return the very successor that was issued before.
 */
export const issueRefreshToken = (key: Buffer, content: RefreshTokenContent): string => {
  const signed = Buffer.alloc(SIGNED_BYTES);
  signed.writeUInt8(VERSION, 0);
  signed.write(content.sessionId.replaceAll('-', ''), 1, 'hex');
  signed.writeUInt32BE(content.counter, 17);
  return Buffer.concat([signed, sign(key, signed)]).toString('base64url');
};

/** Reads a refresh token without any I/O; undefined for garbage and forgeries. */
export const readRefreshToken = (key: Buffer, token: string): RefreshTokenContent | undefined => {
  if (token.length !== TOKEN_CHARACTERS || !/^[A-Za-z0-9_-]+$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const signed = bytes.subarray(0, SIGNED_BYTES);
  if (bytes.length !== TOKEN_BYTES || bytes[0] !== VERSION) return undefined;
  if (!timingSafeEqual(bytes.subarray(SIGNED_BYTES), sign(key, signed))) return undefined;
  const hex = signed.toString('hex', 1, 17);
  const sessionId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { sessionId, counter: signed.readUInt32BE(17) };
};
