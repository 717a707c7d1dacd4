import type { StoredSession } from './session-store.ts';

/** What one tab tells the others about the session they share. */
export interface News {
  readonly name: 'signedIn' | 'signedOut' | 'refreshed';
  readonly session: StoredSession | null;
  /** The service ended it; left out where somebody logged out. */
  readonly isEnded?: boolean;
}

/** The tabs that share a session; just this client where nobody shares it. */
export interface Tabs {
  /** Does work that changes the session, one at a time over all tabs. Not to be called from within. */
  exclusive<Result>(work: () => Promise<Result>): Promise<Result>;
  tell(news: News): void;
  close(): void;
}

// A tab that waited for another one hears its news within milliseconds; only a tab that was closed says nothing.
const NEWS_PATIENCE_MS = 1000;

const oneAtATime = (): Tabs['exclusive'] => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
};

/** A client that shares its session with nobody. */
export const alone = (): Tabs => ({ exclusive: oneAtATime(), tell: () => undefined, close: () => undefined });

const DONE = 'done';

const openDoor = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

/** Hears the others, and is heard by them: news, and when one is done with its work. */
const openChannel = (name: string, onNews: (news: News) => void) => {
  const channel = new BroadcastChannel(name);
  let door = openDoor();
  channel.addEventListener('message', ({ data }: MessageEvent<News | typeof DONE>) => {
    if (data !== DONE) return onNews(data);
    door.open();
    door = openDoor();
    return undefined;
  });
  let isOpen = true;
  return {
    nextDone: () => door.opened,
    post: (message: News | typeof DONE) => {
      // A client goes on after its close; a closed channel would throw.
      if (isOpen) channel.postMessage(message);
    },
    close: () => {
      isOpen = false;
      channel.close();
    },
  };
};

/**
 * Shares a session among the tabs of a browser that know it by `name`: Web Locks let one of them change it at a time, a
 * BroadcastChannel carries what came of it. News leave before the lock does, so whoever gets the lock next waits for
 * them instead of refreshing once more.
 */
export const shareAmongTabs = (name: string, onNews: (news: News) => void): Tabs => {
  const { nextDone, post, close } = openChannel(name, onNews);
  const inThisTab = oneAtATime();
  const { locks } = navigator;

  const lockedWork = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    // News that left before the lock came have arrived, but their turn is only after this task.
    await new Promise((resolve) => setTimeout(resolve));
    try {
      return await work();
    } finally {
      post(DONE);
    }
  };
  const takeTurn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const othersDone = nextDone();
    const first = await locks.request(name, { ifAvailable: true }, async (lock) =>
      lock === null ? undefined : { result: await lockedWork(work) },
    );
    if (first !== undefined) return first.result;
    return locks.request(name, async () => {
      await Promise.race([othersDone, new Promise((resolve) => setTimeout(resolve, NEWS_PATIENCE_MS))]);
      return lockedWork(work);
    });
  };
  return {
    exclusive: (work) => inThisTab(() => takeTurn(work)),
    tell: post,
    close,
  };
};

/** Web Locks exist in secure contexts only (https, localhost); elsewhere the service's grace window has to do. */
export const canShare = (): boolean =>
  'document' in globalThis && 'BroadcastChannel' in globalThis && 'locks' in navigator;
