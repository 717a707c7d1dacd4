/** What a client has to remember of a session. In cookie mode `refreshToken` is empty: the browser keeps it. */
export interface StoredSession {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token expires, in milliseconds since 1970 by this machine's clock. */
  readonly expiresAt: number;
}

/** Where a session is kept: a keychain, a database row, a browser's storage. It holds one session, or null. */
export interface SessionStore {
  /** Undefined, a Map's answer to what was never set, means the same as null. */
  get(): StoredSession | null | undefined | Promise<StoredSession | null | undefined>;
  set(session: StoredSession | null): void | Promise<void>;
  /**
   * Names a store that several tabs of a browser read and write, so that they refresh one at a time and hear of each
   * other. Leave it out where a store belongs to one client alone.
   */
  readonly sharedAs?: string | undefined;
}

/** A session that lives as long as the client. */
export const memoryStore = (): SessionStore => {
  let kept: StoredSession | null = null;
  return {
    get: () => kept,
    set: (session) => {
      kept = session;
    },
  };
};

const isSession = (value: unknown): value is StoredSession =>
  typeof value === 'object' &&
  value !== null &&
  'accessToken' in value &&
  typeof value.accessToken === 'string' &&
  'refreshToken' in value &&
  typeof value.refreshToken === 'string' &&
  'expiresAt' in value &&
  typeof value.expiresAt === 'number';

const parse = (text: string | null): StoredSession | null => {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isSession(value) ? value : null;
  } catch {
    return null;
  }
};

/** The part of the Web Storage API that is needed here. */
export interface StorageArea {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * A session in `localStorage` (all tabs share it) or `sessionStorage` (each tab has its own). Every script of the page can
 * read it there; the cookie mode keeps the refresh token from them.
 */
export const webStorageStore = (storage: StorageArea, key: string = 'moonlight_session'): SessionStore => ({
  get: () => parse(storage.getItem(key)),
  set: (session) => {
    if (session === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(session));
  },
  sharedAs: storage === globalThis.localStorage ? key : undefined,
});
