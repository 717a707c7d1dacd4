import { createHash } from 'node:crypto';
import type { Random } from '../random.ts';

/** A fresh link token of 256 random bits, and the SHA-256 under which it is stored. */
export const newLinkToken = (random: Random): { token: string; hash: string } => {
  const token = random.bytes(32).toString('base64url');
  return { token, hash: hashLinkToken(token) };
};

/**
 * What a link token is stored and found by. A plain SHA-256 suffices: nobody can try out 2^256 tokens, and finding a
 * row by the hash tells nothing about the token.
 */
export const hashLinkToken = (token: string): string => createHash('sha256').update(token).digest('base64url');
