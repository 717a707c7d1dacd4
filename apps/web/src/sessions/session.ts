import { errorStatuses, isMoonlightError, type MoonlightEvents, type User } from '@moonlight/client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { moonlight } from '../client/moonlight.ts';
import { queryClient } from '../client/query-client.ts';

// The session has ended, or the account is disabled or deleted.
const ENDED: ReadonlySet<number> = new Set([401, 403, 404]);

const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<User | null> => {
    if (!(await moonlight.restore())) return null;
    try {
      return await moonlight.account.profile.query();
    } catch (error) {
      const hasEnded = isMoonlightError(error) && ENDED.has(errorStatuses[error.data.error]);
      if (hasEnded) return null;
      throw error;
    }
  },
});

type EndReason = MoonlightEvents['loggedOut']['why'];

let endReason: EndReason | undefined;

/** Keeps the cached user current when this tab or another one logs in or out. Call it once, before the first render. */
export const watchSession = (): void => {
  moonlight.on('loggedIn', ({ how }) => {
    endReason = undefined;
    // A login in this tab sets the user itself, and a restored session comes from the query above.
    if (how === 'elsewhere') void queryClient.resetQueries();
  });
  moonlight.on('loggedOut', ({ why }) => {
    endReason = why;
    queryClient.setQueryData(sessionQuery.queryKey, null);
    // The next user of this tab must not see the data of this one.
    queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
  });
};

/** Sets the logged-in user that a login or a registration returned. */
export const setSessionUser = (user: User): void => {
  queryClient.setQueryData(sessionQuery.queryKey, user);
};

/** Fetches the user again, for example after the email was verified. */
export const refetchSession = (): Promise<void> => queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });

/** The logged-in user: null if there is none, undefined while that is unknown; `error` says why it stays unknown. */
export const useSession = (): { user: User | null | undefined; error: Error | null } => {
  const { data, error } = useQuery(sessionQuery);
  return { user: data, error };
};

/** Returns once why the last session of this tab ended; undefined if there was none. */
export const takeEndReason = (): EndReason | undefined => {
  const reason = endReason;
  endReason = undefined;
  return reason;
};
