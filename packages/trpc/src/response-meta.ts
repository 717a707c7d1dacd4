import type { TRPCError } from '@trpc/server';
import { publicError } from './error-data.ts';

/** Status and headers of a tRPC answer, where tRPC's own are not what the contract says. */
export const responseMeta = ({
  paths,
  errors,
}: {
  paths?: readonly string[] | undefined;
  errors: readonly TRPCError[];
}) => {
  if (errors.length === 0) return paths?.length === 1 && paths[0] === 'auth.register' ? { status: 201 } : {};
  const headers = new Headers();
  const refusals = errors.map((error) => publicError(error, undefined));
  const wait = Math.max(0, ...refusals.map(({ retryAfter }) => retryAfter ?? 0));
  if (wait > 0) headers.set('retry-after', String(wait));
  if (refusals.some(({ status }) => status === 401)) headers.set('www-authenticate', 'Bearer');
  return { headers };
};
