import type { FastifyRequest } from 'fastify';
import { swapKeysIn } from './swap-keys.ts';

/** A request to a route whose path may hold parameters. */
export type RestRequest = FastifyRequest<{ Params: Readonly<Record<string, string>> }>;

/**
 * What a request gives its procedure: the body in the procedures' spelling, and the parameters of the path, which win.
 * The query string is never looked at. A body that is no object goes through as it is, for the procedure to refuse.
 */
export const readInput = ({ params, body }: RestRequest): unknown => {
  const given = swapKeysIn(body);
  if (Object.keys(params).length === 0) return given;
  if (given === undefined) return { ...params };
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given, ...params } : given;
};
