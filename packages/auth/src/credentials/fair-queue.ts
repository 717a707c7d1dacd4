import { AuthError } from '../auth-error.ts';

/** The place of one call. Disposing of it frees it. */
export interface QueuePlace extends Disposable {
  /** Runs a job when it is its turn. Throws OVERLOADED if the place was taken back before a first job began. */
  run<T>(job: () => Promise<T>): Promise<T>;
}

interface Place {
  readonly subject: string;
  /** Defined while a job waits for its turn. */
  begin: (() => void) | undefined;
  /** From its first job on, a place is not taken back: the caller already got work for it. */
  hasBegun: boolean;
  isTakenBack: boolean;
}

/**
 * The places by subject. One subject alone may hold all of them; while others hold some, a quarter of them at most. Calls
 * whose first job has begun count for their subject until they end, but keep no other subject out.
 */
const fairPlaces = (count: number) => {
  // In the order of their turns.
  const lines = new Map<string, Place[]>();
  const quarter = Math.max(1, Math.floor(count / 4));

  const leave = (place: Place): void => {
    const line = lines.get(place.subject) ?? [];
    const index = line.indexOf(place);
    if (index === -1) return;
    line.splice(index, 1);
    if (line.length === 0) lines.delete(place.subject);
  };

  const takeBackNewest = (line: readonly Place[]): boolean => {
    const place = line.findLast(({ hasBegun }) => !hasBegun);
    if (place === undefined) return false;
    place.isTakenBack = true;
    leave(place);
    place.begin?.();
    return true;
  };

  const freePlace = (own: number): boolean => {
    for (const line of lines.values()) while (line.length > quarter && takeBackNewest(line));
    const waiting = [...lines.values()].map((line) => line.filter(({ hasBegun }) => !hasBegun));
    if (waiting.flat().length < count) return true;
    const longest = waiting.reduce((one, other) => (other.length > one.length ? other : one), []);
    return longest.length > own + 1 && takeBackNewest(longest);
  };

  return {
    leave,
    /** Undefined when the subject gets none. */
    take: (subject: string): Place | undefined => {
      const own = lines.get(subject)?.length ?? 0;
      const isAlone = lines.size === (own === 0 ? 0 : 1);
      if (own >= (isAlone ? count : quarter) || !(isAlone || freePlace(own))) return undefined;
      const place: Place = { subject, begin: undefined, hasBegun: false, isTakenBack: false };
      // Read again: freeing one may have removed the line.
      lines.set(subject, [...(lines.get(subject) ?? []), place]);
      return place;
    },
    countWaiting: (): number => [...lines.values()].flat().filter(({ begin }) => begin !== undefined).length,
    /** The place whose job is next; its subject has the last turn from now on. */
    nextWaiting: (): Place | undefined => {
      for (const [subject, line] of lines) {
        const place = line.find(({ begin }) => begin !== undefined);
        if (place === undefined) continue;
        lines.delete(subject);
        lines.set(subject, line);
        return place;
      }
      return undefined;
    },
  };
};

interface FairQueueLimits {
  /** Jobs that run at the same time. */
  readonly concurrency: number;
  /** Calls that have a place at the same time, before their first job begins. */
  readonly places: number;
  readonly retryAfterSeconds: number;
}

/**
 * A bounded queue that its subjects (IP addresses) share: waiting jobs run in turn, one of each subject, and of one
 * subject in the order they came. When a subject needs a place, the newest places of a subject that holds more than its
 * share are taken back. A call takes its place before it costs anything else, so that refusing it costs nothing.
 */
export const fairQueue = ({ concurrency, places: count, retryAfterSeconds }: FairQueueLimits) => {
  const places = fairPlaces(count);
  const overloaded = () => new AuthError('OVERLOADED', { retryAfter: retryAfterSeconds });
  let running = 0;

  const startNext = (): void => {
    const next = places.nextWaiting();
    if (next === undefined) {
      running -= 1;
      return;
    }
    const { begin } = next;
    next.begin = undefined;
    next.hasBegun = true;
    begin?.();
  };

  const run = async <T>(place: Place, job: () => Promise<T>): Promise<T> => {
    if (place.isTakenBack) throw overloaded();
    if (running < concurrency) {
      running += 1;
      place.hasBegun = true;
    } else {
      await new Promise<void>((resolve) => (place.begin = resolve));
      if (place.isTakenBack) throw overloaded();
    }
    try {
      return await job();
    } finally {
      // The turn is passed on instead of freed: otherwise a new call could take it before the next job resumes.
      startNext();
    }
  };

  return {
    /** Takes a place. Throws OVERLOADED when the subject gets none. */
    enter: (subject: string): QueuePlace => {
      const place = places.take(subject);
      if (place === undefined) throw overloaded();
      return { run: (job) => run(place, job), [Symbol.dispose]: () => places.leave(place) };
    },
    /** How many jobs run, and how many wait for their turn. */
    load: () => ({ running, waiting: places.countWaiting() }),
  };
};
