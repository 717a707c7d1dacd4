import { errors, type JWTPayload, jwtVerify } from 'jose';
import { introspect, type User } from './introspect.ts';
import { createKeySet, type KeySet } from './key-set.ts';
import { VerifyError } from './verify-error.ts';

export interface VerifierOptions {
  /** The service's PUBLIC_URL, exactly as it stands in its tokens. */
  readonly issuer: string;
  /** The service's JWT_AUDIENCE; `issuer` where that is not set. */
  readonly audience?: string | undefined;
  /** Where the service answers from here, if not at `issuer`: an address inside your network. */
  readonly serviceUrl?: string | undefined;
  /** Where the keys are, if not at `/.well-known/jwks.json` of the service. */
  readonly jwksUrl?: string | undefined;
  /** How far the clocks of two machines may be apart, in seconds; 5 by default. */
  readonly clockToleranceSeconds?: number | undefined;
  /** The time, for tests. */
  readonly now?: (() => Date) | undefined;
}

/** What a genuine access token says. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly tokenId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface Verifier {
  /**
   * Checks an access token without asking the service: signature (ES256 alone), type, issuer, audience and age. A token of a
   * session that was ended, or of an account that was disabled, passes until it expires, 30 minutes at most.
   * Throws VerifyError MISSING_TOKEN, TOKEN_EXPIRED, TOKEN_INVALID, or UNAVAILABLE as long as no key could be fetched.
   */
  verify(token: string | undefined): Promise<AccessClaims>;
  /**
   * Asks the service whether the token's session lives right now, and whose it is. Throws VerifyError MISSING_TOKEN,
   * TOKEN_EXPIRED, TOKEN_INVALID, ACCOUNT_DISABLED, USER_NOT_FOUND, or UNAVAILABLE when the service cannot be asked.
   */
  introspect(token: string | undefined): Promise<User>;
}

const readClaims = ({
  sub,
  sid,
  jti,
  iat,
  exp,
  type,
}: JWTPayload & { sid?: unknown; type?: unknown }): AccessClaims => {
  if (type !== 'access' || typeof sid !== 'string' || sub === undefined || jti === undefined)
    throw new VerifyError('TOKEN_INVALID');
  if (iat === undefined || exp === undefined) throw new VerifyError('TOKEN_INVALID');
  const [issuedAt, expiresAt] = [new Date(iat * 1000), new Date(exp * 1000)];
  return { userId: sub, sessionId: sid, tokenId: jti, issuedAt, expiresAt };
};

const asVerifyError = (error: unknown): unknown => {
  if (error instanceof errors.JOSEAlgNotAllowed) {
    const message = 'Invalid token: not signed with ES256; of a service with HS256, only introspect can tell';
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
 * Makes a verifier of the access tokens of one service. Keep it: it holds the service's keys. For services that sign with
 * ES256, as they do by default; one with a JWT_SECRET_KEY (HS256) publishes no keys, and only `introspect` works.
 */
export const createVerifier = (options: VerifierOptions): Verifier => {
  const { issuer, audience = issuer, clockToleranceSeconds = 5, now = () => new Date() } = options;
  const serviceUrl = (options.serviceUrl ?? issuer).replace(/\/$/, '');
  const keySet = createKeySet(options.jwksUrl ?? `${serviceUrl}/.well-known/jwks.json`, now);
  return {
    verify: async (token) => {
      if (token === undefined) throw new VerifyError('MISSING_TOKEN');
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => keyFrom(keySet, kid), {
          algorithms: ['ES256'],
          typ: 'at+jwt',
          issuer,
          audience,
          clockTolerance: clockToleranceSeconds,
          currentDate: now(),
        });
        return readClaims(payload);
      } catch (error) {
        throw asVerifyError(error);
      }
    },
    introspect: async (token) => {
      if (token === undefined) throw new VerifyError('MISSING_TOKEN');
      return introspect(serviceUrl, token);
    },
  };
};
