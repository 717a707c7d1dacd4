import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { AuthError } from '../auth-error.ts';
import type { KeyRing } from '../signing-keys/key-ring.ts';
import { parseToken, signToken } from './jws.ts';

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.uuid(),
  sid: z.uuid(),
  jti: z.string(),
  iat: z.int(),
  exp: z.int(),
  /** Other services that share an HS256 secret may set it. */
  nbf: z.int().exactOptional(),
  type: z.literal('access'),
});

/** The claims of a genuine access token; `exp` in seconds since 1970. */
export type AccessClaims = Readonly<Pick<z.infer<typeof claimsSchema>, 'sub' | 'sid' | 'exp'>> & {
  /** The key that signed the token; HS256 has none. */
  readonly kid: string | undefined;
};

interface TokenNames {
  readonly issuer: string;
  readonly audience: string;
}

interface IssuedClaims extends TokenNames {
  readonly clientId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly isEmailVerified: boolean;
  readonly tokenId: string;
  readonly seconds: number;
}

/**
 * Signs an access token (RFC 9068) that is valid for `seconds` from `now`. `email_verified` (OpenID Connect Core, 5.1) is the
 * state when the token is issued.
 */
export const signAccessToken = async (keys: KeyRing, claims: IssuedClaims, now: Date): Promise<string> => {
  const { algorithm, kid, key } = await keys.signingKey(now);
  const issuedAt = Math.floor(now.getTime() / 1000);
  const payload = {
    iss: claims.issuer,
    aud: claims.audience,
    sub: claims.userId,
    sid: claims.sessionId,
    jti: claims.tokenId,
    iat: issuedAt,
    exp: issuedAt + claims.seconds,
    type: 'access',
    client_id: claims.clientId,
    email_verified: claims.isEmailVerified,
  };
  return signToken({ alg: algorithm, typ: 'at+jwt', ...(kid === undefined ? {} : { kid }) }, payload, key);
};

/**
 * The claims of a genuine access token: signed with the configured algorithm alone (RFC 8725, 3.1), with our type,
 * issuer and audience. Throws TOKEN_EXPIRED for a genuine token that has expired, TOKEN_INVALID for everything else.
 */
export const verifyAccessToken = async (
  keys: KeyRing,
  { token, issuer, audience }: TokenNames & { token: string },
  now: Date,
): Promise<AccessClaims> => {
  const parsed = parseToken(token);
  if (parsed?.header.alg !== keys.algorithm) throw new AuthError('TOKEN_INVALID');
  const key = await keys.verificationKey(parsed.header, now);
  const claims = key === undefined ? undefined : claimsSchema.safeParse(parsed.verify(key)).data;
  const seconds = now.getTime() / 1000;
  if (claims === undefined || claims.iss !== issuer || claims.aud !== audience || (claims.nbf ?? 0) > seconds)
    throw new AuthError('TOKEN_INVALID');
  if (claims.exp <= seconds) throw new AuthError('TOKEN_EXPIRED');
  const { sub, sid, exp } = claims;
  return { sub, sid, exp, kid: parsed.header.kid };
};

// In bytes. An entry takes about as many as its token has characters, and half a kilobyte for its claims and its place.
const CACHE_SIZE = 32 * 2 ** 20;
const ENTRY_SIZE = 512;
// The service never issued a longer string, so it is refused before it is hashed or takes a place in the cache.
const LONGEST_TOKEN = 4096;

/**
 * Verifies access tokens, and caches the claims of those whose signature was valid, because verifying one costs a
 * hundred times a look-up. The cache is bounded by memory. Only the signature is cached: every call checks the expiry,
 * whether its key still counts, and account and session in the database.
 */
export const verifiedTokens = (keys: KeyRing, names: TokenNames, onLookUp: (isHit: boolean) => void = () => {}) => {
  const verified = new LRUCache<string, AccessClaims>({
    maxSize: CACHE_SIZE,
    sizeCalculation: (_claims, token) => token.length + ENTRY_SIZE,
  });
  return async (token: string, now: Date): Promise<AccessClaims> => {
    const hit = verified.get(token);
    onLookUp(hit !== undefined);
    if (hit !== undefined) {
      const isExpired = hit.exp * 1000 <= now.getTime();
      if (!isExpired && (await keys.verificationKey(hit, now)) !== undefined) return hit;
      verified.delete(token);
      throw new AuthError(isExpired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
    }
    if (token.length > LONGEST_TOKEN) throw new AuthError('TOKEN_INVALID');
    const claims = await verifyAccessToken(keys, { token, ...names }, now);
    verified.set(token, claims);
    return claims;
  };
};
