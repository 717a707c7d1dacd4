/** A session as a client stores it. In cookie mode `refreshToken` is empty: the browser keeps it. */
export interface StoredSession {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token expires, in milliseconds since 1970 by this machine's clock. */
  readonly expiresAt: number;
}

/** Where a session is stored: a keychain, a database row, a browser's storage. It holds one session or null. */
export interface SessionStore {
  /** Undefined means the same as null, so that a `Map` can be used as a store. */
  get(): StoredSession | null | undefined | Promise<StoredSession | null | undefined>;
  set(session: StoredSession | null): void | Promise<void>;
  /**
   * Whether `set` would fail, for example while a server renders a page. A refresh makes the stored refresh token useless, so
   * the client never refreshes a session whose new tokens it cannot store. A function is called before each refresh.
   */
  readonly readonly?: boolean | (() => boolean | Promise<boolean>) | undefined;
  /**
   * A name for a store that several tabs of a browser share, so that they refresh one at a time and exchange session
   * events. Omit it for a store that only one client uses.
   */
  readonly sharedAs?: string | undefined;
}

/** A store that keeps the session in memory. */
export const memoryStore = (): SessionStore => {
  let stored: StoredSession | null = null;
  return {
    get: () => stored,
    set: (session) => {
      stored = session;
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

/** The part of the Web Storage API that `webStorageStore` uses. */
export interface StorageArea {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Stores the session in `localStorage` (all tabs share it) or `sessionStorage` (each tab has its own). Every script of the
 * page can read it there; in cookie mode no script can read the refresh token.
 */
export const webStorageStore = (storage: StorageArea, key: string = 'moonlight_session'): SessionStore => ({
  get: () => parse(storage.getItem(key)),
  set: (session) => {
    if (session === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(session));
  },
  sharedAs: storage === globalThis.localStorage ? key : undefined,
});

const isTokens = (value: unknown): value is { accessToken: string; refreshToken: string; expiresIn: number } =>
  typeof value === 'object' &&
  value !== null &&
  'accessToken' in value &&
  typeof value.accessToken === 'string' &&
  'refreshToken' in value &&
  typeof value.refreshToken === 'string' &&
  'expiresIn' in value &&
  typeof value.expiresIn === 'number';

/** The session of tokens that were just issued; undefined if `value` holds no tokens. */
export const readTokens = (value: unknown): StoredSession | undefined => {
  if (!isTokens(value)) return undefined;
  const { accessToken, refreshToken, expiresIn } = value;
  return { accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1000 };
};

/** The `sid` claim of an access token; undefined if it cannot be read. The signature is not checked. */
const readSessionId = (accessToken: string): unknown => {
  try {
    const payload = (accessToken.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const claims: unknown = JSON.parse(atob(payload));
    return typeof claims === 'object' && claims !== null && 'sid' in claims ? claims.sid : undefined;
  } catch {
    return undefined;
  }
};

/** Whether the tokens belong to one session, before and after a refresh; false after another login. */
export const isSameSession = (one: StoredSession, other: StoredSession): boolean => {
  const id = readSessionId(one.accessToken);
  return id !== undefined && id === readSessionId(other.accessToken);
};
