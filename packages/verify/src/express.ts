import { type BearerOptions, check, type CheckedRequest } from './bearer.ts';
import type { Verifier } from './create-verifier.ts';

export { type BearerOptions, claimsOf, optionalClaimsOf } from './bearer.ts';

interface Response {
  status(status: number): unknown;
  set(headers: Record<string, string>): unknown;
  json(body: unknown): unknown;
}

/**
 * Express middleware that accepts only requests with a valid access token. Handlers read its claims by `claimsOf(request)`.
 * CORS preflights pass without a token; with `optional`, so do all requests without a token.
 */
export const bearer =
  (
    verifier: Verifier,
    options: BearerOptions = {},
  ): ((request: CheckedRequest, response: Response, next: (error?: unknown) => void) => Promise<void>) =>
  async (request, response, next) => {
    const refusal = await check(verifier, request, options);
    if (refusal === undefined) return next();
    response.status(refusal.status);
    response.set({ ...refusal.headers });
    response.json(refusal.body);
    return undefined;
  };
