import type { AccessClaims, Verifier } from './create-verifier.ts';
import { VerifyError } from './verify-error.ts';

const checked = new WeakMap<object, AccessClaims | undefined>();

/**
 * The claims of a request, for handlers behind a bearer hook with `optional`; undefined if it has no token. Throws if no
 * bearer hook checked the request: a programming error.
 */
export const optionalClaimsOf = (request: object): AccessClaims | undefined => {
  if (!checked.has(request)) throw new Error('this request was not checked: add the bearer hook first');
  return checked.get(request);
};

/**
 * The claims of a request whose token was accepted. Throws if no bearer hook checked the request, and if the request has no
 * token because the hook is optional or the request is a CORS preflight: a programming error.
 */
export const claimsOf = (request: object): AccessClaims => {
  const claims = optionalClaimsOf(request);
  if (claims === undefined) throw new Error('this request has no token: use optionalClaimsOf');
  return claims;
};

/**
 * The token of an `Authorization` header (RFC 6750, 2.1); undefined for other schemes and for `Bearer` alone. Anything else
 * after `Bearer` counts as a token, valid or not, as in the account service.
 */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^bearer +(\S.*)$/i.exec(authorization ?? '')?.[1];

export interface BearerOptions {
  /** Also accepts requests without a token. A token that is sent must be valid nevertheless. Default: false. */
  readonly optional?: boolean | undefined;
}

/** What the hooks read of a request. */
export interface CheckedRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> & {
    readonly authorization?: string | undefined;
  };
}

/** Whether a browser asks if it may send a request (Fetch standard, 4.8). It never sends a token with that question. */
const isPreflight = ({ method, headers }: CheckedRequest): boolean =>
  method === 'OPTIONS' && headers['origin'] !== undefined && headers['access-control-request-method'] !== undefined;

/** An error response in the format of the account service. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly code: number; readonly message: string; readonly error: string };
}

/** Checks the token in the `Authorization` header. Returns undefined if the request may pass, else the response to send. */
export const check = async (
  verifier: Verifier,
  request: CheckedRequest,
  { optional = false }: BearerOptions,
): Promise<Refusal | undefined> => {
  const token = bearerToken(request.headers.authorization);
  const mayPass = token === undefined && (optional || isPreflight(request));
  try {
    checked.set(request, mayPass ? undefined : await verifier.verify(token));
    return undefined;
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error;
    const { status, message, code } = error;
    const headers: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
    return { status, headers, body: { code: status, message, error: code } };
  }
};
