import { errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { AuthError } from '../auth-error.ts';
import type { KeyRing } from '../signing-keys/key-ring.ts';

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.int(), type: z.literal('access') });

/** The claims of a genuine access token; `exp` in seconds since 1970. */
export type AccessClaims = z.infer<typeof claimsSchema>;

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
  const { sessionId: sid, clientId: client_id, isEmailVerified: email_verified } = claims;
  return new SignJWT({ sid, type: 'access', client_id, email_verified })
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', ...(kid === undefined ? {} : { kid }) })
    .setIssuer(claims.issuer)
    .setAudience(claims.audience)
    .setSubject(claims.userId)
    .setJti(claims.tokenId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + claims.seconds)
    .sign(key);
};

/** Base64 decoders ignore white space and spare bits, so several strings may decode to one signature. One was issued. */
const isCanonical = (token: string): boolean => {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return Buffer.from(signature, 'base64url').toString('base64url') === signature;
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
  if (!isCanonical(token)) throw new AuthError('TOKEN_INVALID');
  try {
    const { payload } = await jwtVerify(token, (header) => keys.verificationKey(header, now), {
      algorithms: [keys.algorithm],
      typ: 'at+jwt',
      issuer,
      audience,
      currentDate: now,
      requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
    });
    return claimsSchema.parse(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new AuthError('TOKEN_EXPIRED', { cause: error });
    if (error instanceof errors.JOSEError || error instanceof z.ZodError)
      throw new AuthError('TOKEN_INVALID', { cause: error });
    throw error;
  }
};

const CAPACITY = 10_000;
// The service never issued a longer string, so it is refused before it is hashed or takes a place in the cache.
const LONGEST_TOKEN = 4096;

/**
 * Verifies access tokens, and caches the claims of those whose signature was valid, because verifying one costs a
 * hundred times a look-up. Only the signature is cached: the expiry is checked on every call, and account and session
 * in the database.
 */
export const verifiedTokens = (keys: KeyRing, names: TokenNames) => {
  const verified = new LRUCache<string, AccessClaims>({ max: CAPACITY });
  return async (token: string, now: Date): Promise<AccessClaims> => {
    const hit = verified.get(token);
    if (hit !== undefined) {
      if (hit.exp * 1000 > now.getTime()) return hit;
      verified.delete(token);
      throw new AuthError('TOKEN_EXPIRED');
    }
    if (token.length > LONGEST_TOKEN) throw new AuthError('TOKEN_INVALID');
    const claims = await verifyAccessToken(keys, { token, ...names }, now);
    verified.set(token, claims);
    return claims;
  };
};
