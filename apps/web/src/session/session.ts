import { errorStatuses, isMoonlightError, type MoonlightEvents, type User } from '@moonlight/client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { moonlight } from '../client/moonlight.ts';
import { queryClient } from '../client/query-client.ts';

const OVER: ReadonlySet<number> = new Set([401, 403, 404]);

/** Who is signed in: null for nobody; undefined data means that the service has not said yet. */
const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<User | null> => {
    if (!(await moonlight.restore())) return null;
    try {
      return await moonlight.account.profile.query();
    } catch (error) {
      // A session that is over by now, or an account that is gone. The client has told why it ended.
      const isOver = isMoonlightError(error) && OVER.has(errorStatuses[error.data.error]);
      if (isOver) return null;
      throw error;
    }
  },
});

let lastEnd: MoonlightEvents['loggedOut']['why'] | undefined;

/** Follows the session through this tab and the others; called once, before anything is shown. */
export const followSession = (): void => {
  moonlight.on('loggedIn', ({ how }) => {
    lastEnd = undefined;
    // Here the page that did it knows who it is, and a restored session is asked for already.
    if (how === 'elsewhere') void queryClient.resetQueries();
  });
  moonlight.on('loggedOut', ({ why }) => {
    lastEnd = why;
    queryClient.setQueryData(sessionQuery.queryKey, null);
    // Nobody shall see what was somebody else's.
    queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
  });
};

/** Takes over what a login, a registration or a change of the account answered. */
export const rememberUser = (user: User): void => {
  queryClient.setQueryData(sessionQuery.queryKey, user);
};

/** Asks again who is signed in, and whether the address is verified by now. */
export const refetchSession = (): Promise<void> => queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });

/** Who is signed in: `user` is null for nobody, and undefined as long as the service has not said; `error` is why it did not. */
export const useSession = (): { user: User | null | undefined; error: Error | null } => {
  const { data, error } = useQuery(sessionQuery);
  return { user: data, error };
};

/** Why the last session of this tab ended; undefined where there was none, or where that was told before. */
export const takeEnd = () => {
  const end = lastEnd;
  lastEnd = undefined;
  return end;
};
