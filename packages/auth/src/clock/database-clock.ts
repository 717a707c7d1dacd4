import type { Database } from '@moonlight/db';
import type { Clock, LocalTime, Log } from '../system.ts';
import { readDatabaseTime } from './clock-store.ts';

const MEASURE_EVERY_MS = 10_000;
const RETRY_MS = 250;
// Each of them narrows the error down to the duration of the fastest one. The first one also connects.
const FIRST_MEASUREMENTS = 3;
const TOLERATED_MS = 2000;

interface DatabaseClockParts {
  readonly db: Database;
  readonly local: LocalTime;
  readonly log: Log;
}

/** The time of PostgreSQL, which all replicas share. */
export interface DatabaseClock extends Clock {
  /** Until a first measurement succeeds, it throws the error of the last one that failed. */
  now(): Date;
  close(): void;
}

/** What a read of PostgreSQL's time says: it was `database` at some moment between `before` and `after`. */
interface Reading {
  readonly before: number;
  readonly database: number;
  readonly after: number;
}

/**
 * The offset that fits the reading and is nearest to the known one. A slow reading says little, so it changes little, and
 * an offset that fits stays as it is: the time makes no jumps that it need not make.
 */
export const nearestOffset = (known: number | undefined, { before, database, after }: Reading): number => {
  const [least, most] = [database - after, database - before];
  return known === undefined ? (least + most) / 2 : Math.min(most, Math.max(least, known));
};

/**
 * A clock that shows PostgreSQL's time on every replica, however wrong the clocks of their machines are: a replica
 * that is ahead would end sessions as stolen and open limits, and one that is behind would accept what has expired. It counts on from
 * the last measurement by the monotonic clock, which no correction of the system clock moves. It measures at start, every
 * ten seconds, and at once when the system clock was set or the machine was suspended. The log says when the system clock
 * is more than 2 s off, and when it is right again. The promise settles after the first attempt to measure.
 */
export const startDatabaseClock = async ({ db, local, log }: DatabaseClockParts): Promise<DatabaseClock> => {
  let offset: number | undefined;
  let failure = new Error('the time of PostgreSQL is not known yet');
  let systemLead = 0;
  let isOff = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let measuring: Promise<void> | undefined;

  const reportSkew = (skewMs: number): void => {
    if (Math.abs(skewMs) > TOLERATED_MS === isOff) return;
    isOff = !isOff;
    if (isOff)
      log.warn({ skewMs }, 'the clock of this machine differs from that of PostgreSQL, whose time is used; check NTP');
    else log.info({ skewMs }, 'the clock of this machine agrees with that of PostgreSQL again');
  };
  const measureOnce = async (): Promise<void> => {
    const before = local.monotonic();
    const database = await readDatabaseTime(db);
    const after = local.monotonic();
    offset = nearestOffset(offset, { before, database, after });
    systemLead = local.system() - local.monotonic();
    reportSkew(Math.round(systemLead - offset));
  };
  const measureAndPlan = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      for (let left = offset === undefined ? FIRST_MEASUREMENTS : 1; left > 0; left -= 1) await measureOnce();
    } catch (error) {
      // The outage of PostgreSQL is logged where a call fails. The last offset stays right for hours.
      if (error instanceof Error) failure = error;
    }
    measuring = undefined;
    if (!isClosed) timer = setTimeout(() => void measure(), offset === undefined ? RETRY_MS : MEASURE_EVERY_MS).unref();
  };
  const measure = (): Promise<void> => (measuring ??= measureAndPlan());

  await measure();
  return {
    now: () => {
      if (offset === undefined) throw failure;
      const monotonic = local.monotonic();
      const lead = local.system() - monotonic;
      if (Math.abs(lead - systemLead) > TOLERATED_MS) {
        systemLead = lead;
        void measure();
      }
      return new Date(monotonic + offset);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
};
