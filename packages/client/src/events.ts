/** What a client tells its listeners. */
export interface MoonlightEvents {
  /** A session began: by a login or registration here, found again by its cookie, or in another tab. */
  signedIn: { readonly how: 'here' | 'restored' | 'elsewhere' };
  /** The session is over: logged out here, ended by the service (revoked, expired, stolen), or logged out in another tab. */
  signedOut: { readonly why: 'loggedOut' | 'ended' | 'elsewhere' };
  /** The session has new tokens. */
  refreshed: { readonly how: 'here' | 'elsewhere' };
}

type Listener<Name extends keyof MoonlightEvents> = (detail: MoonlightEvents[Name]) => void;

export interface Events {
  on<Name extends keyof MoonlightEvents>(name: Name, listener: Listener<Name>): () => void;
  emit<Name extends keyof MoonlightEvents>(name: Name, detail: MoonlightEvents[Name]): void;
}

/**
 * Listeners by event. They run after what told them is done, so a listener may call the client. What one throws concerns no
 * call and no other listener: it is an uncaught error of its own, as with any event of the platform.
 */
export const createEvents = (): Events => {
  const listeners: { [Name in keyof MoonlightEvents]: Set<Listener<Name>> } = {
    signedIn: new Set(),
    signedOut: new Set(),
    refreshed: new Set(),
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
