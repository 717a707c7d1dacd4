import { moonlight } from './moonlight.ts';
import { queryClient } from './query-client.ts';

/** Asks whether the service is there; the cache tells the connection what came of it. */
export const probe = async (): Promise<void> => {
  try {
    await queryClient.query({
      queryKey: ['probe'],
      // What anybody may ask for. A refusal is an answer as well.
      queryFn: () => moonlight.captcha.challenge.query(),
      staleTime: 0,
      gcTime: 0,
    });
  } catch {
    // Still away, or it has refused; both have been told.
  }
};
