import {
  createMoonlightClient,
  memoryStore,
  type MoonlightClient,
  type MoonlightClientOptions,
  type MoonlightEvents,
} from '@moonlight/client';

/** A fetch that records the procedures of each request; those of a batch are joined by commas. */
export const recordCalls = (): { fetch: typeof fetch; calls: string[]; count(path: string): number } => {
  const calls: string[] = [];
  return {
    calls,
    count: (path) => calls.filter((call) => call === path).length,
    fetch: (input, init) => {
      calls.push(new URL(input instanceof Request ? input.url : input).pathname.replace('/trpc/', ''));
      return fetch(input, init);
    },
  };
};

const EVENTS: readonly (keyof MoonlightEvents)[] = ['loggedIn', 'loggedOut', 'refreshed', 'storeFailed'];

/** Records the events of a client in order, such as `loggedIn here`. */
export const recordEvents = (client: MoonlightClient): string[] => {
  const events: string[] = [];
  for (const name of EVENTS) client.on(name, (detail) => events.push(`${name} ${Object.values(detail).join()}`));
  return events;
};

export const password = 'a long and quiet night';

let names = 0;

/** Registers a user with an address and a name that are new in this test file. */
export const register = async (url: string): Promise<{ email: string; username: string }> => {
  names += 1;
  const username = `user_${names}`;
  const email = `${username}@example.com`;
  await createMoonlightClient({ url }).auth.register.mutate({ email, username, password });
  return { email, username };
};

/** Registers a user and logs in, with a client whose calls and events are recorded from then on. */
export const registerAndLogIn = async (url: string, options: Partial<MoonlightClientOptions> = {}) => {
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
