import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { connection } from './connection.ts';

const onError = (error: unknown) => connection.failed(error);

/**
 * The pages' cache. The client repeats what is safe to repeat, so nothing is repeated here, and nothing waits for the
 * browser's opinion of the network: it is wrong about services on this very machine.
 */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // That nobody is signed in may be known without asking.
    onSuccess: (data) => {
      if (data !== null) connection.answered();
    },
    onError,
  }),
  mutationCache: new MutationCache({ onSuccess: () => connection.answered(), onError }),
  defaultOptions: {
    queries: { networkMode: 'always', retry: false, staleTime: 10_000 },
    mutations: { networkMode: 'always', retry: false },
  },
});
