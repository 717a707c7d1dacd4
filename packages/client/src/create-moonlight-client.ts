import type { AppRouter } from '@moonlight/trpc';
import { createTRPCClient } from '@trpc/client';
import type { MoonlightApi, User } from './api.gen.ts';
import { batchLink } from './batch-link.ts';
import { type Connection, createConnection } from './connection.ts';
import { createEvents, type Events } from './events.ts';
import { createFreshSession, isEnd } from './fresh-session.ts';
import { createKeptSession, type KeptSession } from './kept-session.ts';
import { isMoonlightError } from './moonlight-error.ts';
import { createRequestRefresh } from './request-refresh.ts';
import { sessionLink } from './session-link.ts';
import { memoryStore, type SessionStore } from './session-store.ts';

export interface MoonlightClientOptions {
  /** Where the service answers: its PUBLIC_URL. */
  readonly url: string;
  /**
   * Where the session is kept. `'memory'` (default): in this client, until it is gone. A store: wherever you like. `'cookie'`, for
   * browsers: the refresh token is an HttpOnly cookie that no script can read, and the session survives a reload.
   */
  readonly session?: 'memory' | 'cookie' | SessionStore | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The language of messages and mails, or what tells it for each call; the browser's own where it is left out. */
  readonly locale?: User['locale'] | (() => User['locale']) | undefined;
}

export interface MoonlightClient extends MoonlightApi {
  /**
   * Calls `listener` whenever it happens, until the returned function is called. What a listener throws is an uncaught error, which
   * ends a Node process that does not handle those; calls and other listeners go on.
   */
  readonly on: Events['on'];
  /**
   * Finds out whether somebody is signed in, refreshing the session where that is needed: after a reload, say. A disabled account
   * is not, until it is enabled again. Rejects when the service cannot be asked.
   */
  restore(): Promise<boolean>;
  /** An access token that is good for some seconds at least, for calls to your own services; undefined when signed out. */
  accessToken(): Promise<string | undefined>;
  /** Stops listening to other tabs, and telling them. The session is kept, and calls go on. */
  close(): void;
}

const keepSession = (
  session: NonNullable<MoonlightClientOptions['session']>,
  connection: Connection,
  events: Events,
): KeptSession => {
  const store = typeof session === 'object' ? session : memoryStore();
  const { isCookieMode, url } = connection;
  const sharedAs = isCookieMode ? 'cookie' : store.sharedAs;
  return createKeptSession({
    store,
    isCookieMode,
    // One browser may hold sessions of several services.
    sharedAs: sharedAs === undefined ? undefined : `moonlight ${url.href} ${sharedAs}`,
    events,
  });
};

/**
 * Makes a client of the service. It gives every call its access token, refreshes the session when it must (once, however many
 * calls wait for it, in however many tabs), repeats what is safe to repeat, and tells its listeners when a session
 * begins and ends. Calls reject with what `isMoonlightError` and `isNetworkError` tell apart. Throws TypeError for
 * what is no URL.
 */
export const createMoonlightClient = (options: MoonlightClientOptions): MoonlightClient => {
  const { session = 'memory' } = options;
  const connection = createConnection({ ...options, isCookieMode: session === 'cookie' });
  const events = createEvents();
  const kept = keepSession(session, connection, events);
  const fresh = createFreshSession(kept, createRequestRefresh(connection));
  const api: MoonlightApi = createTRPCClient<AppRouter>({
    links: [sessionLink({ kept, fresh, connection }), batchLink(connection)],
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
        return (await fresh()) !== null;
      } catch (error) {
        if (isEnd(error) || isMoonlightError(error, 'ACCOUNT_DISABLED')) return false;
        throw error;
      }
    },
    accessToken: async () => (await fresh())?.accessToken,
    close: () => kept.close(),
  };
};
