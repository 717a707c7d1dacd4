import { AuthError } from '../auth-error.ts';
import { type AccessClaims, type KeyRing, verifyAccessToken } from './access-token.ts';

const CAPACITY = 10_000;
// Longer strings were never issued by us; they are not worth a hash or a place in the cache.
const LONGEST_TOKEN = 4096;

/**
 * Verifies access tokens, and remembers those whose signature was found genuine, as checking one costs a hundred times
 * a look-up. Only the signature is remembered: time is looked at on every call, and account and session in the database.
 */
export const verifiedTokens = (keys: KeyRing, names: { issuer: string; audience: string }) => {
  const known = new Map<string, AccessClaims>();
  return async (token: string, now: Date): Promise<AccessClaims> => {
    const hit = known.get(token);
    if (hit !== undefined) {
      if (hit.exp * 1000 > now.getTime()) return hit;
      known.delete(token);
      throw new AuthError('TOKEN_EXPIRED');
    }
    if (token.length > LONGEST_TOKEN) throw new AuthError('TOKEN_INVALID');
    const claims = await verifyAccessToken(keys, { token, ...names }, now);
    if (known.size >= CAPACITY) for (const oldest of [...known.keys()].slice(0, CAPACITY / 10)) known.delete(oldest);
    known.set(token, claims);
    return claims;
  };
};
