import { type CryptoKey, errors, jwtVerify, type KeyObject, SignJWT } from 'jose';
import { z } from 'zod';
import { AuthError } from '../auth-error.ts';

/** A key that signs access tokens. HS256 keys have no id and are never published. */
export interface SigningKey {
  readonly algorithm: 'ES256' | 'HS256';
  readonly kid: string | undefined;
  readonly key: CryptoKey | KeyObject | Uint8Array;
}

/** Where keys come from: one to sign with, and those whose signatures are still good. */
export interface KeyRing {
  readonly algorithm: 'ES256' | 'HS256';
  signingKey(now: Date): Promise<SigningKey>;
  /** The key a token's header names. Rejects when there is none. */
  verificationKey(
    header: { readonly kid?: string | undefined },
    now: Date,
  ): Promise<CryptoKey | KeyObject | Uint8Array>;
  /** The public halves as a JWK Set (RFC 7517); empty under HS256. */
  publicKeys(now: Date): Promise<{ keys: Readonly<Record<string, unknown>>[] }>;
}

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.int(), type: z.literal('access') });

/** What a genuine access token says; `exp` in seconds since 1970. */
export type AccessClaims = z.infer<typeof claimsSchema>;

interface TokenNames {
  readonly issuer: string;
  readonly audience: string;
}

/** Signs an access token (RFC 9068) that lives `seconds` from `now`. */
export const signAccessToken = async (
  keys: KeyRing,
  claims: TokenNames & { userId: string; sessionId: string; tokenId: string; seconds: number },
  now: Date,
): Promise<string> => {
  const { algorithm, kid, key } = await keys.signingKey(now);
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ sid: claims.sessionId, type: 'access' })
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', ...(kid === undefined ? {} : { kid }) })
    .setIssuer(claims.issuer)
    .setAudience(claims.audience)
    .setSubject(claims.userId)
    .setJti(claims.tokenId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + claims.seconds)
    .sign(key);
};

/**
 * The claims of a genuine access token: signed with the configured algorithm alone (RFC 8725, 3.1), of our type, issuer
 * and audience. Throws TOKEN_EXPIRED for one that was genuine, TOKEN_INVALID for everything else.
 */
export const verifyAccessToken = async (
  keys: KeyRing,
  { token, issuer, audience }: TokenNames & { token: string },
  now: Date,
): Promise<AccessClaims> => {
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
