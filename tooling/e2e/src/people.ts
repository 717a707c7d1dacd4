import { createMoonlightClient, memoryStore, type MoonlightClientOptions } from '@moonlight/client';
import { recordCalls } from './record-calls.ts';
import { recordEvents } from './record-events.ts';

export const password = 'a long and quiet night';

let names = 0;

/** Registers somebody nobody else is. */
export const register = async (url: string): Promise<{ email: string; username: string }> => {
  names += 1;
  const username = `user_${names}`;
  const email = `${username}@example.com`;
  await createMoonlightClient({ url }).auth.register.mutate({ email, username, password });
  return { email, username };
};

/** Registers somebody and logs in, with a client whose calls and events are written down. */
export const signIn = async (url: string, options: Partial<MoonlightClientOptions> = {}) => {
  const { email, username } = await register(url);
  const record = recordCalls();
  const store = memoryStore();
  const client = createMoonlightClient({ url, fetch: record.fetch, session: store, ...options });
  const events = recordEvents(client);
  await client.auth.login.mutate({ email, password });
  record.calls.length = 0;
  events.length = 0;
  return { client, record, events, store, email, username };
};
