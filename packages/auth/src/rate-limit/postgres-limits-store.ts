import { type Database, type Executor, fieldsOf, limits, prepared } from '@moonlight/db';
import { type SQL, sql } from 'drizzle-orm';
import type { Clock } from '../system.ts';
import { type BackoffRule, type LimitRule, type LimitsStore, waitOf } from './limits-store.ts';

const at = sql`${sql.placeholder('at')}::timestamptz`;
const integer = (name: string): SQL => sql`${sql.placeholder(name)}::int`;

const moment = (milliseconds: number): string => new Date(milliseconds).toISOString();

// The functions are in migration 12, with what they promise. A statement would be planned on each call, because the plan of a
// small table stays in use while the table grows; that takes longer than to run it (decision 40).
const peek = prepared<typeof limits.$inferSelect>('peek_limits', (db) =>
  db.select(fieldsOf(limits)).from(sql`peek_limits(${sql.placeholder('keys')}::text[]) as limits`),
);

const consume = prepared<{ wait: number }>('consume_limits', (db) => {
  const rules = sql`${sql.placeholder('keys')}::text[], ${sql.placeholder('limits')}::int[], ${sql.placeholder('resets')}::timestamptz[]`;
  return db.select({ wait: sql`wait` }).from(sql`consume_limits(${rules}, ${at}) as wait`);
});

/** Whether a rule became full while `consume` waited for its row. Nothing is counted then. */
const wasUndone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ML001';

const reset = prepared<{ wait: number }>('reset_limit', (db) =>
  db.select({ wait: sql`wait` }).from(sql`reset_limit(${sql.placeholder('key')}, ${at}) as wait`),
);

/** Counts a failure and sets its wait, or null while failures are free. Returns no row while a wait is running. */
const penalize = prepared<{ count: number }>('penalize_limit', (db) => {
  const rowAfter = (count: SQL) => {
    const beyond = sql`${count} - ${integer('free')}`;
    const wait = sql`case when ${beyond} >= 0 then least(${integer('longest')}, 1 << least(${beyond}, 30)) end`;
    return {
      count,
      resetsAt: sql`${at} + greatest(${integer('memory')}, ${wait}) * interval '1 second'`,
      blockedUntil: sql`${at} + (${wait}) * interval '1 second'`,
    };
  };
  return db
    .insert(limits)
    .values({ key: sql.placeholder('key'), ...rowAfter(sql`1`) })
    .onConflictDoUpdate({
      target: limits.key,
      set: rowAfter(sql`(case when ${limits.resetsAt} > ${at} then ${limits.count} + 1 else 1 end)`),
      setWhere: sql`${limits.blockedUntil} is null or ${limits.blockedUntil} <= ${at}`,
    })
    .returning({ count: limits.count });
});

/** The limits in PostgreSQL, for a service without Redis. */
export const postgresLimitsStore = (db: Database, clock: Clock): LimitsStore => {
  const time = (): number => clock.now().getTime();
  const waits = async (rules: readonly (LimitRule | BackoffRule)[], now: number, on: Executor): Promise<number[]> => {
    if (rules.length === 0) return [];
    const rows = await peek(on, { keys: rules.map(({ key }) => key) });
    const counters = new Map(
      rows.map(({ key, count, resetsAt, blockedUntil }) => [
        key,
        { count, resetsAt: resetsAt.getTime(), blockedUntil: blockedUntil?.getTime() ?? 0 },
      ]),
    );
    return rules.map((rule) => waitOf(rule, counters.get(rule.key), now));
  };
  // A refused call never gets the wait 0, even if the rule that refused it allows calls again by now.
  const longestWait = async (rules: readonly (LimitRule | BackoffRule)[], now: number, on: Executor): Promise<number> =>
    Math.max(1, ...(await waits(rules, now, on)));
  return {
    peek: (rules, on) => waits(rules, time(), on ?? db),
    consume: async (rules, pipeline) => {
      if (rules.length === 0) return 0;
      const on = pipeline ?? db;
      const now = time();
      try {
        const [taken] = await consume(on, {
          at: moment(now),
          keys: rules.map(({ key }) => key),
          limits: rules.map(({ limit }) => limit),
          resets: rules.map(({ windowSeconds }) => moment(now + windowSeconds * 1000)),
        });
        return taken?.wait ?? 0;
      } catch (error) {
        if (!wasUndone(error)) throw error;
        return longestWait(rules, now, on);
      }
    },
    penalize: async (rule) => {
      const now = time();
      const { key, free, longestSeconds: longest, memorySeconds: memory } = rule;
      const counted = await penalize(db, { at: moment(now), key, free, longest, memory });
      return counted.length > 0 ? 0 : longestWait([rule], now, db);
    },
    reset: async (key, on) => {
      const [cleared] = await reset(on ?? db, { at: moment(time()), key });
      return cleared?.wait ?? 0;
    },
  };
};
