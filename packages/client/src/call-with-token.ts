import type { Operation } from '@trpc/client';
import { protectedProcedures } from './api.gen.ts';
import type { Answer, LinkParts, Send } from './link-parts.ts';
import { isSameSession } from './is-same-session.ts';
import { isMoonlightError } from './moonlight-error.ts';

export const needsToken = ({ path }: Operation): boolean => protectedProcedures.has(path);

/**
 * A call that needs a session: refused for its token's sake, it is sent once more with a new one. It never runs as somebody
 * else: when another login took the session's place meanwhile, it keeps the token it had, and what the service says to that.
 */
export const callWithToken = async ({ kept, fresh }: LinkParts, op: Operation, send: Send): Promise<Answer> => {
  const asked = await kept.get();
  const current = await fresh();
  const session = asked !== null && current !== null && !isSameSession(asked, current) ? asked : current;
  try {
    return await send(op, session?.accessToken);
  } catch (error) {
    // Refused before anything was done, so even a mutation may be sent again. An invalid token is mostly that of a session
    // which was ended elsewhere; the refresh finds out.
    const isStale = isMoonlightError(error, 'TOKEN_EXPIRED', 'TOKEN_INVALID', 'USER_NOT_FOUND');
    if (session === null || !isStale) throw error;
    const renewed = await fresh(session.accessToken);
    if (renewed === null || !isSameSession(session, renewed)) throw error;
    return send(op, renewed.accessToken);
  }
};
