import type { Operation } from '@trpc/client';
import type { Answer, LinkParts, Send } from './link-parts.ts';
import { isMoonlightError } from './moonlight-error.ts';

/** The procedures that need a session. */
const PROTECTED: ReadonlySet<string> = new Set([
  'account.profile',
  'account.changePassword',
  'sessions.list',
  'sessions.revoke',
  'sessions.revokeOthers',
  'emailVerification.send',
]);

export const needsToken = ({ path }: Operation): boolean => PROTECTED.has(path);

/** A call that needs a session: refused for its token's sake, it is sent once more with a new one. */
export const callWithToken = async ({ fresh }: LinkParts, op: Operation, send: Send): Promise<Answer> => {
  const token = (await fresh())?.accessToken;
  try {
    return await send(op, token);
  } catch (error) {
    // Refused before anything was done, so even a mutation may be sent again. An invalid token is mostly that of a session
    // which was ended elsewhere; the refresh finds out.
    const isStale = isMoonlightError(error, 'TOKEN_EXPIRED', 'TOKEN_INVALID', 'USER_NOT_FOUND');
    if (token === undefined || !isStale) throw error;
    const session = await fresh(token);
    if (session === null) throw error;
    return send(op, session.accessToken);
  }
};
