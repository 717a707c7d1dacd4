/** The events of a client. */
export interface MoonlightEvents {
  /**
   * A session began: by a login or registration in this client (`here`), from the cookie after a page load (`restored`), or in
   * another tab (`elsewhere`).
   */
  loggedIn: { readonly how: 'here' | 'restored' | 'elsewhere' };
  /**
   * The session is over: logged out in this client (`loggedOut`), ended by the service (`ended`: revoked, expired, stolen), or
   * logged out in another tab (`elsewhere`).
   */
  loggedOut: { readonly why: 'loggedOut' | 'ended' | 'elsewhere' };
  /** The session has new tokens: refreshed by this client (`here`) or by another tab (`elsewhere`). */
  refreshed: { readonly how: 'here' | 'elsewhere' };
  /**
   * The store rejected the tokens of a refresh. This client keeps them in memory until the next successful write. If it is
   * discarded before, the session is lost: the service ends it when the stored refresh token is used again.
   */
  storeFailed: { readonly error: unknown };
}

type Listener<Name extends keyof MoonlightEvents> = (detail: MoonlightEvents[Name]) => void;

export interface Events {
  on<Name extends keyof MoonlightEvents>(name: Name, listener: Listener<Name>): () => void;
  emit<Name extends keyof MoonlightEvents>(name: Name, detail: MoonlightEvents[Name]): void;
}

/**
 * Listeners by event. They run in a microtask of their own after `emit`, so a listener may call the client. If a listener
 * throws, that is an uncaught error, as with DOM events; calls and other listeners are not affected.
 */
export const createEvents = (): Events => {
  const listeners: { [Name in keyof MoonlightEvents]: Set<Listener<Name>> } = {
    loggedIn: new Set(),
    loggedOut: new Set(),
    refreshed: new Set(),
    storeFailed: new Set(),
  };
  return {
    on: (name, listener) => {
      listeners[name].add(listener);
      return () => {
        listeners[name].delete(listener);
      };
    },
    emit: (name, detail) => {
      for (const listener of listeners[name]) queueMicrotask(() => listener(detail));
    },
  };
};
