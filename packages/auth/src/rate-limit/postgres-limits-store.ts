import { type Database, type Executor, limits, prepared } from '@moonlight/db';
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Clock } from '../system.ts';
import { type BackoffRule, type LimitRule, type LimitsStore, waitOf } from './limits-store.ts';

// The table is emptied by the clean-up and grows fast under an attack, so its statements are planned on each call.
const PLANNED_EACH_TIME = undefined;

const at = sql`${sql.placeholder('at')}::timestamptz`;
const integer = (name: string): SQL => sql`${sql.placeholder(name)}::int`;

const moment = (milliseconds: number): string => new Date(milliseconds).toISOString();

const peek = prepared<{ key: string; count: number; resets_at: Date; blocked_until: Date | null }>(
  PLANNED_EACH_TIME,
  (db) =>
    db
      .select()
      .from(limits)
      .where(sql`${limits.key} = any (${sql.placeholder('keys')}::text[])`),
);

/**
 * Counts a call in every rule. If a rule is full, nothing is counted. If a rule becomes full only while this statement
 * waits for the row lock of a parallel call, other rules may be counted already; then a division by zero makes
 * PostgreSQL undo the statement while the rows are still locked, so a half-counted call is never visible. Rows are
 * locked in the order of their keys, so that two calls cannot deadlock.
 */
const consume = prepared<{ wait: number }>(PLANNED_EACH_TIME, (db) => {
  const rule = db.$with('rule', {}).as(sql`
    select * from unnest(
      ${sql.placeholder('keys')}::text[], ${sql.placeholder('limits')}::int[], ${sql.placeholder('resets')}::timestamptz[]
    ) as rule (key, most, resets_at)`);
  const refused = db.$with('refused', { until: sql<string | null>`until` }).as(sql`
    select max(taken.resets_at) as until from rule join ${limits} as taken using (key)
    where taken.resets_at > ${at} and taken.count >= rule.most`);
  const counted = db.$with('counted', {}).as(sql`
    insert into ${limits} as taken (key, count, resets_at)
    select key, 1, resets_at from rule where (select until from refused) is null order by key
    on conflict (key) do update set
      count = case when taken.resets_at > ${at} then taken.count + 1 else 1 end,
      resets_at = case when taken.resets_at > ${at} then taken.resets_at else excluded.resets_at end
    where taken.resets_at <= ${at} or taken.count < (select most from rule where rule.key = excluded.key)
    returning key`);
  return db
    .with(rule, refused, counted)
    .select({
      wait: sql`coalesce(ceil(extract(epoch from until - ${at}))::int, 0)`.as('wait'),
      undo: sql`case when until is null
        then 1 / ((select count(*) from counted) = (select count(*) from rule))::int end`.as('undo'),
    })
    .from(refused);
});

/** Whether a rule became full while `consume` waited for its row: the division by zero. */
const wasUndone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '22012';

/** Counts a failure and sets its wait, or null while failures are free. Returns no row while a wait is running. */
const penalize = prepared<{ count: number }>(PLANNED_EACH_TIME, (db) => {
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

/** Sets a counter to 0 unless its wait is running. As an update it sees the result of every earlier call. */
const reset = prepared<{ wait: number | null }>(PLANNED_EACH_TIME, (db) => {
  const unlessWaiting = (value: SQL, kept: SQL): SQL =>
    sql`case when ${limits.blockedUntil} > ${at} then ${kept} else ${value} end`;
  return db
    .update(limits)
    .set({
      count: unlessWaiting(sql`0`, sql`${limits.count}`),
      resetsAt: unlessWaiting(at, sql`${limits.resetsAt}`),
    })
    .where(eq(limits.key, sql.placeholder('key')))
    .returning({
      wait: sql`greatest(0, ceil(extract(epoch from ${limits.blockedUntil} - ${at})))::int`.as('wait'),
    });
});

/** The limits in PostgreSQL, for a service without Redis. */
export const postgresLimitsStore = (db: Database, clock: Clock): LimitsStore => {
  const time = (): number => clock.now().getTime();
  const waits = async (rules: readonly (LimitRule | BackoffRule)[], now: number, on: Executor): Promise<number[]> => {
    if (rules.length === 0) return [];
    const rows = await peek(on, { keys: rules.map(({ key }) => key) });
    const counters = new Map(
      rows.map(({ key, count, resets_at: resetsAt, blocked_until: blockedUntil }) => [
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
