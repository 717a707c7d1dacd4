import { type BearerOptions, check, type CheckedRequest } from './bearer.ts';
import type { Verifier } from './create-verifier.ts';

export { type BearerOptions, claimsOf, optionalClaimsOf } from './bearer.ts';

interface Reply {
  code(status: number): unknown;
  headers(values: Readonly<Record<string, string>>): unknown;
  send(body: unknown): unknown;
}

/**
 * Fastify hook that accepts only requests with a valid access token. Handlers read its claims by `claimsOf(request)`. CORS
 * preflights pass without a token; with `optional`, so do all requests without a token.
 */
export const bearer =
  (verifier: Verifier, options: BearerOptions = {}): ((request: CheckedRequest, reply: Reply) => Promise<unknown>) =>
  async (request, reply) => {
    const refusal = await check(verifier, request, options);
    if (refusal === undefined) return undefined;
    reply.code(refusal.status);
    reply.headers(refusal.headers);
    return reply.send(refusal.body);
  };
