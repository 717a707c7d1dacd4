import { errors, type JWTPayload, jwtVerify } from 'jose';
import { introspect, TOKEN, type User } from './service-requests.ts';
import { createKeySet, type KeySet } from './key-set.ts';
import { VerifyError } from './verify-error.ts';

export interface VerifierOptions {
  /** The service's PUBLIC_URL, exactly as in the `iss` claim of its tokens. */
  readonly issuer: string;
  /** The service's JWT_AUDIENCE. Default: `issuer`. */
  readonly audience?: string | undefined;
  /** The address of the service inside your network, if it differs from `issuer`. */
  readonly serviceUrl?: string | undefined;
  /** The address of the keys. Default: `/.well-known/jwks.json` of the service. */
  readonly jwksUrl?: string | undefined;
  /** The tolerated difference between the clocks of the two machines, in seconds. Default: 5. */
  readonly clockToleranceSeconds?: number | undefined;
  /** The current time, for tests. */
  readonly now?: (() => Date) | undefined;
}

/** The claims of a valid access token. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly tokenId: string;
  /** Whether the account's email was verified when the token was issued. */
  readonly emailVerified: boolean;
  /** The service's JWT_CLIENT_ID; undefined in a token of a service that does not have this claim yet. */
  readonly clientId: string | undefined;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface Verifier {
  /**
   * Checks an access token without a request to the service: signature (ES256 only), type, issuer, audience and expiry. A
   * token of a session that has ended, or of a disabled account, is accepted until it expires (30 minutes at most).
   * Throws VerifyError MISSING_TOKEN, TOKEN_EXPIRED or TOKEN_INVALID, and UNAVAILABLE if the keys could not be fetched.
   */
  verify(token: string | undefined): Promise<AccessClaims>;
  /**
   * Asks the service whether the token's session is still alive, and returns its account. Throws VerifyError MISSING_TOKEN,
   * TOKEN_EXPIRED, TOKEN_INVALID, ACCOUNT_DISABLED or USER_NOT_FOUND, and UNAVAILABLE if the service is unreachable.
   */
  introspect(token: string | undefined): Promise<User>;
}

const readClaims = ({
  sub,
  sid,
  jti,
  iat,
  exp,
  ...more
}: JWTPayload & { sid?: unknown; type?: unknown; email_verified?: unknown; client_id?: unknown }): AccessClaims => {
  const { type, email_verified: isVerified, client_id: clientId } = more;
  if (type !== 'access' || typeof sid !== 'string' || sub === undefined || jti === undefined)
    throw new VerifyError('TOKEN_INVALID');
  if (iat === undefined || exp === undefined) throw new VerifyError('TOKEN_INVALID');
  const [issuedAt, expiresAt] = [new Date(iat * 1000), new Date(exp * 1000)];
  return {
    userId: sub,
    sessionId: sid,
    tokenId: jti,
    emailVerified: isVerified === true,
    clientId: typeof clientId === 'string' ? clientId : undefined,
    issuedAt,
    expiresAt,
  };
};

const toVerifyError = (error: unknown): unknown => {
  if (error instanceof errors.JOSEAlgNotAllowed) {
    const message =
      'Invalid token: not signed with ES256; tokens of a service with HS256 can only be checked with introspect';
    return new VerifyError('TOKEN_INVALID', { message, cause: error });
  }
  if (error instanceof errors.JWTExpired) return new VerifyError('TOKEN_EXPIRED', { cause: error });
  return error instanceof errors.JOSEError ? new VerifyError('TOKEN_INVALID', { cause: error }) : error;
};

const keyFrom = async (keySet: KeySet, kid: string | undefined) => {
  const key = kid === undefined ? undefined : await keySet(kid);
  if (key === undefined) throw new errors.JWKSNoMatchingKey();
  return key;
};

/**
 * Creates a verifier for the access tokens of one service. Keep it: it caches the service's keys. `verify` works with
 * services that sign with ES256, which is the default. A service with a JWT_SECRET_KEY (HS256) publishes no keys, so only
 * `introspect` works.
 */
export const createVerifier = (options: VerifierOptions): Verifier => {
  const { issuer, audience = issuer, clockToleranceSeconds = 5, now = () => new Date() } = options;
  const serviceUrl = (options.serviceUrl ?? issuer).replace(/\/$/, '');
  const keySet = createKeySet(options.jwksUrl ?? `${serviceUrl}/.well-known/jwks.json`, now);
  return {
    verify: async (token) => {
      if (token === undefined) throw new VerifyError('MISSING_TOKEN');
      // Base64 decoders ignore white space, so a token with a blank in it would be accepted.
      if (!TOKEN.test(token)) throw new VerifyError('TOKEN_INVALID');
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => keyFrom(keySet, kid), {
          algorithms: ['ES256'],
          typ: 'at+jwt',
          issuer,
          audience,
          clockTolerance: clockToleranceSeconds,
          currentDate: now(),
        });
        // A signature of 64 bytes leaves four spare bits in its last character, which decoders ignore.
        if (!/[AQgw]$/.test(token)) throw new VerifyError('TOKEN_INVALID');
        return readClaims(payload);
      } catch (error) {
        throw toVerifyError(error);
      }
    },
    introspect: async (token) => {
      if (token === undefined) throw new VerifyError('MISSING_TOKEN');
      return introspect(serviceUrl, token);
    },
  };
};
