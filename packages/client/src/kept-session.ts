import type { Events } from './events.ts';
import { createHoldingStore } from './holding-store.ts';
import type { SessionStore, StoredSession } from './session-store.ts';
import { alone, canShare, type News, shareAmongTabs, type Tabs } from './tabs.ts';

export interface KeptSessionParts {
  readonly store: SessionStore;
  /** The browser holds the refresh token, so there may be a session that this client does not know yet. */
  readonly isCookieMode: boolean;
  /** The name under which tabs share the session; undefined for a session of this client alone. */
  readonly sharedAs: string | undefined;
  readonly events: Events;
}

/** The session of a client, in its store. What changes it happens within `exclusive`, and everybody concerned is told. */
export interface KeptSession {
  get(): Promise<StoredSession | null>;
  /** Whether there may be a session although `get` says null. */
  mayBeInCookie(): boolean;
  readonly exclusive: Tabs['exclusive'];
  /** Rejects with what the store throws; the session has begun all the same. */
  begin(session: StoredSession, how: 'here' | 'restored' | 'elsewhere'): Promise<void>;
  /** Goes on also where the store cannot be written to. */
  renew(session: StoredSession): Promise<void>;
  /** Ends it, and rejects then with what the store throws; when there is none any more, nothing happens and nobody is told again. */
  end(why: 'loggedOut' | 'ended'): Promise<void>;
  close(): void;
}

export const createKeptSession = ({ store: given, isCookieMode, sharedAs, events }: KeptSessionParts): KeptSession => {
  let mayBeInCookie = isCookieMode;
  const store = createHoldingStore(given);

  const hear = async ({ name, session, isEnded }: News): Promise<void> => {
    // A shared store holds the news already; in cookie mode each tab has its own access token.
    if (isCookieMode) await store.set(session);
    else store.letGo();
    mayBeInCookie = false;
    if (name === 'signedOut') events.emit('signedOut', { why: isEnded === true ? 'ended' : 'elsewhere' });
    else events.emit(name, { how: 'elsewhere' });
  };
  const tabs = sharedAs !== undefined && canShare() ? shareAmongTabs(sharedAs, (news) => void hear(news)) : alone();

  // What happened has happened, whatever the store says to it.
  const change = async (news: News, emit: () => void): Promise<void> => {
    mayBeInCookie = false;
    try {
      await store.set(news.session);
    } finally {
      tabs.tell(news);
      emit();
    }
  };
  return {
    get: () => store.get(),
    mayBeInCookie: () => mayBeInCookie,
    exclusive: (work) => tabs.exclusive(work),
    begin: (session, how) => change({ name: 'signedIn', session }, () => events.emit('signedIn', { how })),
    renew: (session) =>
      // The calls that wait for it go on: nothing is lost as long as this client lives.
      change({ name: 'refreshed', session }, () => events.emit('refreshed', { how: 'here' })).catch(() => undefined),
    end: async (why) => {
      // A logout by the cookie alone ends a session that other tabs may know.
      const isUnseen = mayBeInCookie && why === 'loggedOut';
      mayBeInCookie = false;
      if ((await store.get()) === null && !isUnseen) return;
      const news = { name: 'signedOut', session: null, isEnded: why === 'ended' } as const;
      await change(news, () => events.emit('signedOut', { why }));
    },
    close: () => tabs.close(),
  };
};
