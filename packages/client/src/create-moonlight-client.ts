import type { AppRouter } from '@moonlight/trpc';
import { createTRPCClient } from '@trpc/client';
import type { MoonlightApi, User } from './api.gen.ts';
import { type Connection, createConnection } from './connection.ts';
import { isMoonlightError } from './errors.ts';
import { createEvents, type Events } from './events.ts';
import { createGetFreshSession, isSessionEnd } from './get-fresh-session.ts';
import { batchLink, sessionLink } from './links.ts';
import { createSessionManager, type SessionManager } from './session-manager.ts';
import { memoryStore, type SessionStore } from './session-store.ts';

export interface MoonlightClientOptions {
  /** The address of the service: its PUBLIC_URL. */
  readonly url: string;
  /**
   * Where the session is stored. `'memory'` (default): in this client, as long as it exists. A store: wherever the store
   * writes it. `'cookie'`, for browsers: the refresh token is an HttpOnly cookie that no script can read, and the session
   * survives a reload.
   */
  readonly session?: 'memory' | 'cookie' | SessionStore | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The language of messages and emails, or a function that returns it for each call. Default: the browser's language. */
  readonly locale?: User['locale'] | (() => User['locale']) | undefined;
}

export interface MoonlightClient extends MoonlightApi {
  /**
   * Calls `listener` at each event, until the returned function is called. If a listener throws, that is an uncaught error,
   * which ends a Node process without a handler for such errors; calls and other listeners are not affected.
   */
  readonly on: Events['on'];
  /**
   * Whether a user is logged in, for example after a page load. Refreshes the session if necessary. False for a disabled
   * account, until it is enabled again. Through a read-only store it is true if a session is stored, also if its access token
   * has expired: calls then reject with TOKEN_EXPIRED. Rejects with a network error if the service cannot be reached.
   */
  restore(): Promise<boolean>;
  /**
   * An access token that is valid for at least 30 seconds, for calls to your own services; undefined if no user is logged in. If
   * the service cannot be reached, or the store is read-only, the token may expire sooner. Undefined also if the store is
   * read-only and the token has expired.
   */
  accessToken(): Promise<string | undefined>;
  /** Stops exchanging session events with other tabs. The session remains, and calls still work. */
  close(): void;
}

const createManager = (
  session: NonNullable<MoonlightClientOptions['session']>,
  connection: Connection,
  events: Events,
): SessionManager => {
  const store = typeof session === 'object' ? session : memoryStore();
  const { isCookieMode, url } = connection;
  const sharedAs = isCookieMode ? 'cookie' : store.sharedAs;
  return createSessionManager({
    store,
    isCookieMode,
    // One browser may hold sessions of several services.
    sharedAs: sharedAs === undefined ? undefined : `moonlight ${url.href} ${sharedAs}`,
    events,
  });
};

/**
 * Creates a client of the service. It adds the access token to each call, refreshes the session when necessary (once, no
 * matter how many calls and tabs wait for it), repeats queries whose answer was lost, and emits an event when a session
 * begins, is refreshed or ends. `isMoonlightError` and `isNetworkError` distinguish the errors that calls reject with. Throws
 * TypeError if `url` is not a URL.
 */
export const createMoonlightClient = (options: MoonlightClientOptions): MoonlightClient => {
  const { session = 'memory' } = options;
  const connection = createConnection({ ...options, isCookieMode: session === 'cookie' });
  const events = createEvents();
  const manager = createManager(session, connection, events);
  const getFreshSession = createGetFreshSession(manager, connection);
  const api: MoonlightApi = createTRPCClient<AppRouter>({
    links: [sessionLink({ manager, getFreshSession, connection }), batchLink(connection)],
  });
  const { auth, emailVerification, passwordReset, account, sessions, captcha } = api;
  return {
    auth,
    emailVerification,
    passwordReset,
    account,
    sessions,
    captcha,
    on: (name, listener) => events.on(name, listener),
    restore: async () => {
      try {
        return (await getFreshSession()) !== null;
      } catch (error) {
        if (isSessionEnd(error) || isMoonlightError(error, 'ACCOUNT_DISABLED')) return false;
        throw error;
      }
    },
    accessToken: async () => {
      const fresh = await getFreshSession();
      // Only a read-only store returns a session that has expired.
      return fresh !== null && fresh.expiresAt > Date.now() ? fresh.accessToken : undefined;
    },
    close: () => manager.close(),
  };
};
