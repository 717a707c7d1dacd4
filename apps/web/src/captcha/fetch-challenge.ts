import { moonlight } from '../client/moonlight.ts';
import { queryClient } from '../client/query-client.ts';

/** What the widget fetches its challenges with: the client, which knows where the service is. */
export const fetchChallenge = async (): Promise<Response> =>
  Response.json(
    await queryClient.query({
      queryKey: ['captcha', 'challenge'],
      queryFn: () => moonlight.captcha.challenge.query(),
      staleTime: 0,
      gcTime: 0,
    }),
  );
