import type { Events } from './events.ts';
import type { SessionStore, StoredSession } from './session-store.ts';
import { canShareAmongTabs, type SessionChange, shareAmongTabs, type Tabs, unshared } from './tabs.ts';

interface WriteBehindStore {
  get(): Promise<StoredSession | null>;
  /** Rejects with the store's error. `get` then returns the value that was not written, until the next write succeeds. */
  set(session: StoredSession | null): Promise<void>;
  /** Drops a value that was not written, because the store has a newer one. */
  discard(): void;
}

/** A refresh token can be used once, so its successor must not be lost if a disk is full or a keychain is locked. */
const createWriteBehindStore = (store: SessionStore): WriteBehindStore => {
  let unwritten: { readonly session: StoredSession | null } | undefined;
  return {
    get: async () => (unwritten === undefined ? ((await store.get()) ?? null) : unwritten.session),
    set: async (session) => {
      unwritten = { session };
      await store.set(session);
      unwritten = undefined;
    },
    discard: () => {
      unwritten = undefined;
    },
  };
};

export interface SessionManagerOptions {
  readonly store: SessionStore;
  /** The browser holds the refresh token, so a session may exist that this client does not know yet. */
  readonly isCookieMode: boolean;
  /** The name under which tabs share the session; undefined if only this client uses it. */
  readonly sharedAs: string | undefined;
  readonly events: Events;
}

/** Owns a client's session: stores it, emits its events and informs the other tabs. Change it only within `exclusive`. */
export interface SessionManager {
  get(): Promise<StoredSession | null>;
  /** Whether the store says that it cannot be written to now. */
  isReadonly(): Promise<boolean>;
  /** Whether a session may exist although `get` returns null. */
  mayBeInCookie(): boolean;
  readonly exclusive: Tabs['exclusive'];
  /** Rejects with the store's error; the session has begun nevertheless. */
  begin(session: StoredSession, how: 'here' | 'restored' | 'elsewhere'): Promise<void>;
  /** Replaces the tokens. If the store fails, it emits `storeFailed` and resolves. */
  renew(session: StoredSession): Promise<void>;
  /** Ends the session; rejects with the store's error, although the session has ended. Without a session, it does nothing. */
  end(why: 'loggedOut' | 'ended'): Promise<void>;
  close(): void;
}

export const createSessionManager = (options: SessionManagerOptions): SessionManager => {
  const { isCookieMode, sharedAs, events } = options;
  const store = createWriteBehindStore(options.store);
  let mayBeInCookie = isCookieMode;

  const receive = async ({ name, session, isEnded }: SessionChange): Promise<void> => {
    // A shared store has the change already; in cookie mode each tab has its own access token.
    if (isCookieMode) await store.set(session);
    else store.discard();
    mayBeInCookie = false;
    if (name === 'loggedOut') events.emit('loggedOut', { why: isEnded === true ? 'ended' : 'elsewhere' });
    else events.emit(name, { how: 'elsewhere' });
  };
  const tabs =
    sharedAs !== undefined && canShareAmongTabs()
      ? shareAmongTabs(sharedAs, (change) => void receive(change))
      : unshared();

  // The service has made the change already, so it is announced even if it cannot be stored.
  const apply = async (change: SessionChange, emit: () => void): Promise<void> => {
    mayBeInCookie = false;
    try {
      await store.set(change.session);
    } finally {
      tabs.broadcast(change);
      emit();
    }
  };
  return {
    get: () => store.get(),
    isReadonly: async () => {
      const { readonly } = options.store;
      return typeof readonly === 'function' ? readonly() : readonly === true;
    },
    mayBeInCookie: () => mayBeInCookie,
    exclusive: (work) => tabs.exclusive(work),
    begin: (session, how) => apply({ name: 'loggedIn', session }, () => events.emit('loggedIn', { how })),
    renew: (session) =>
      // The calls that wait for the tokens must not fail: this client keeps the session in memory.
      apply({ name: 'refreshed', session }, () => events.emit('refreshed', { how: 'here' })).catch((error: unknown) =>
        events.emit('storeFailed', { error }),
      ),
    end: async (why) => {
      // A logout by cookie alone may end a session that other tabs know.
      const mayConcernOtherTabs = mayBeInCookie && why === 'loggedOut';
      mayBeInCookie = false;
      if ((await store.get()) === null && !mayConcernOtherTabs) return;
      const change = { name: 'loggedOut', session: null, isEnded: why === 'ended' } as const;
      await apply(change, () => events.emit('loggedOut', { why }));
    },
    close: () => tabs.close(),
  };
};
