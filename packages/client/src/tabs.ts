import type { StoredSession } from './session-store.ts';

/** A change of the shared session, as one tab sends it to the others. */
export interface SessionChange {
  readonly name: 'loggedIn' | 'loggedOut' | 'refreshed';
  readonly session: StoredSession | null;
  /** For `loggedOut`: the service ended the session. Absent or false if the user logged out. */
  readonly isEnded?: boolean;
}

/** The tabs that share a session. */
export interface Tabs {
  /** Runs work that changes the session, one at a time across all tabs. It must not be called from within such work. */
  exclusive<Result>(work: () => Promise<Result>): Promise<Result>;
  broadcast(change: SessionChange): void;
  close(): void;
}

// A tab that waits for the lock receives the other tab's message within milliseconds. Only a tab that was closed sends none.
const MESSAGE_TIMEOUT_MS = 1000;

const createQueue = (): Tabs['exclusive'] => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
};

/** For a client that shares its session with no other tab. */
export const unshared = (): Tabs => ({
  exclusive: createQueue(),
  broadcast: () => undefined,
  close: () => undefined,
});

const LOCK_RELEASED = 'lock released';

const createDeferred = () => {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};

/** Exchanges session changes and lock releases with the other tabs. */
const openChannel = (name: string, onChange: (change: SessionChange) => void) => {
  const channel = new BroadcastChannel(name);
  let release = createDeferred();
  channel.addEventListener('message', ({ data }: MessageEvent<SessionChange | typeof LOCK_RELEASED>) => {
    if (data !== LOCK_RELEASED) return onChange(data);
    release.resolve();
    release = createDeferred();
    return undefined;
  });
  let isOpen = true;
  return {
    nextRelease: () => release.promise,
    post: (message: SessionChange | typeof LOCK_RELEASED) => {
      // A client can be used after `close`, but a closed channel throws.
      if (isOpen) channel.postMessage(message);
    },
    close: () => {
      isOpen = false;
      channel.close();
    },
  };
};

/**
 * Shares a session among the tabs that use the same `name`: a Web Lock lets one tab at a time change it, and a
 * BroadcastChannel carries the changes. A tab sends its change before it releases the lock, so the next holder of the lock
 * waits for the message instead of refreshing again.
 */
export const shareAmongTabs = (name: string, onChange: (change: SessionChange) => void): Tabs => {
  const { nextRelease, post, close } = openChannel(name, onChange);
  const inThisTab = createQueue();
  const { locks } = navigator;

  const runLocked = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    // Messages that were sent before the lock was granted have arrived, but are delivered only after the current task.
    await new Promise((resolve) => setTimeout(resolve));
    try {
      return await work();
    } finally {
      post(LOCK_RELEASED);
    }
  };
  const runInTurn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const othersRelease = nextRelease();
    const first = await locks.request(name, { ifAvailable: true }, async (lock) =>
      lock === null ? undefined : { result: await runLocked(work) },
    );
    if (first !== undefined) return first.result;
    return locks.request(name, async () => {
      await Promise.race([othersRelease, new Promise((resolve) => setTimeout(resolve, MESSAGE_TIMEOUT_MS))]);
      return runLocked(work);
    });
  };
  return {
    exclusive: (work) => inThisTab(() => runInTurn(work)),
    broadcast: post,
    close,
  };
};

/**
 * Web Locks exist only in secure contexts (https, localhost). In other pages each tab refreshes for itself, which the
 * service tolerates within its grace window.
 */
export const canShareAmongTabs = (): boolean =>
  'document' in globalThis && 'BroadcastChannel' in globalThis && 'locks' in navigator;
