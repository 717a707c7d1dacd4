import type { SessionStore, StoredSession } from './session-store.ts';

/** A store of the caller, whose failures to write cost no session. */
export interface HoldingStore {
  get(): Promise<StoredSession | null>;
  /** Rejects with what the store throws; `get` answers with what could not be written, until the next write succeeds. */
  set(session: StoredSession | null): Promise<void>;
  /** Forgets what could not be written: the store has something newer. */
  letGo(): void;
}

/** A refresh token is good for one refresh. So its successor must not get lost where a disk is full or a keychain locked. */
export const createHoldingStore = (store: SessionStore): HoldingStore => {
  let held: { readonly session: StoredSession | null } | undefined;
  return {
    get: async () => (held === undefined ? ((await store.get()) ?? null) : held.session),
    set: async (session) => {
      held = { session };
      await store.set(session);
      held = undefined;
    },
    letGo: () => {
      held = undefined;
    },
  };
};
