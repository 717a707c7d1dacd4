import { check } from './bearer.ts';
import type { Verifier } from './create-verifier.ts';

export { claimsOf } from './bearer.ts';

interface Request {
  readonly headers: { readonly authorization?: string | undefined };
}
interface Response {
  status(status: number): unknown;
  set(headers: Record<string, string>): unknown;
  json(body: unknown): unknown;
}

/** Express middleware that accepts only requests with a valid access token. Handlers read its claims by `claimsOf(request)`. */
export const bearer =
  (verifier: Verifier): ((request: Request, response: Response, next: (error?: unknown) => void) => Promise<void>) =>
  async (request, response, next) => {
    const refusal = await check(verifier, request);
    if (refusal === undefined) return next();
    response.status(refusal.status);
    response.set({ ...refusal.headers });
    response.json(refusal.body);
    return undefined;
  };
