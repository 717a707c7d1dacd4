import type { AccessClaims, Verifier } from './create-verifier.ts';
import { VerifyError } from './verify-error.ts';

const verified = new WeakMap<object, AccessClaims>();

/** The claims of a request whose token was accepted. Throws if no bearer hook checked the request: a programming error. */
export const claimsOf = (request: object): AccessClaims => {
  const claims = verified.get(request);
  if (claims === undefined) throw new Error('this request was not checked: add the bearer hook first');
  return claims;
};

/** The token of an `Authorization` header (RFC 6750, 2.1). */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];

/** An error response in the format of the account service. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly code: number; readonly message: string; readonly error: string };
}

/** Checks the token in the `Authorization` header. Returns undefined if it is accepted, else the response to send. */
export const check = async (
  verifier: Verifier,
  request: { readonly headers: { readonly authorization?: string | undefined } },
): Promise<Refusal | undefined> => {
  try {
    verified.set(request, await verifier.verify(bearerToken(request.headers.authorization)));
    return undefined;
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error;
    const { status, message, code } = error;
    const headers: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
    return { status, headers, body: { code: status, message, error: code } };
  }
};
