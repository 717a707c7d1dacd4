import { check } from './bearer.ts';
import type { Verifier } from './create-verifier.ts';

export { claimsOf } from './bearer.ts';

interface Request {
  readonly headers: { readonly authorization?: string | undefined };
}
interface Reply {
  code(status: number): unknown;
  headers(values: Readonly<Record<string, string>>): unknown;
  send(body: unknown): unknown;
}

/** Fastify hook that accepts only requests with a valid access token. Handlers read its claims by `claimsOf(request)`. */
export const bearer =
  (verifier: Verifier): ((request: Request, reply: Reply) => Promise<unknown>) =>
  async (request, reply) => {
    const refusal = await check(verifier, request);
    if (refusal === undefined) return undefined;
    reply.code(refusal.status);
    reply.headers(refusal.headers);
    return reply.send(refusal.body);
  };
