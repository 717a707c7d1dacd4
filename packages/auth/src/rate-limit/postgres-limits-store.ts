import { type Database, limits } from '@moonlight/db';
import { inArray, type SQL, sql } from 'drizzle-orm';
import type { Clock } from '../clock.ts';
import type { BackoffRule, LimitRule, LimitsStore } from './limits-store.ts';
import { waitOf } from './wait-of.ts';

const moment = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** A rule that ran full while the statement waited for its row: PostgreSQL undid the whole statement. */
const wasUndone = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && 'code' in error.cause && error.cause.code === '22012';

/**
 * Counts one on every rule. A rule seen to be full keeps everything from being counted. One that runs full only
 * while this waits for a parallel call's row is found when other rules may be counted already; then the division by
 * zero makes PostgreSQL undo all of it while the rows are still locked, so nobody ever sees half of a call.
 * Rows are locked in the order of their keys, or two calls could wait for each other.
 */
const takeStatement = (rules: readonly LimitRule[], now: number): SQL => {
  const keys = sql.param(rules.map((rule) => rule.key));
  const most = sql.param(rules.map((rule) => rule.limit));
  const resets = sql.param(rules.map((rule) => moment(now + rule.windowSeconds * 1000)));
  const at = sql`${moment(now)}::timestamptz`;
  return sql`
    with rule as (
      select * from unnest(${keys}::text[], ${most}::int[], ${resets}::timestamptz[]) as rule (key, most, resets_at)
    ), refused as (
      select max(taken.resets_at) as until from rule join ${limits} as taken using (key)
      where taken.resets_at > ${at} and taken.count >= rule.most
    ), counted as (
      insert into ${limits} as taken (key, count, resets_at)
      select key, 1, resets_at from rule where (select until from refused) is null order by key
      on conflict (key) do update set
        count = case when taken.resets_at > ${at} then taken.count + 1 else 1 end,
        resets_at = case when taken.resets_at > ${at} then taken.resets_at else excluded.resets_at end
      where taken.resets_at <= ${at} or taken.count < (select most from rule where rule.key = excluded.key)
      returning key
    )
    select
      coalesce(ceil(extract(epoch from until - ${at}))::int, 0) as wait,
      case when until is null then 1 / ((select count(*) from counted) = ${rules.length})::int end as undo
    from refused`;
};

/** Counts a failure and sets its wait, none (null) while failures are free; no row comes back while a wait runs. */
const failStatement = ({ key, free, longestSeconds, memorySeconds }: BackoffRule, now: number): SQL => {
  const at = sql`${moment(now)}::timestamptz`;
  const after = (seconds: SQL): SQL => sql`${at} + ${seconds} * interval '1 second'`;
  const waitAt = (count: SQL): SQL =>
    sql`case when ${count} >= ${free}::int then least(${longestSeconds}::int, 1 << least(${count} - ${free}::int, 30)) end`;
  const memoryAt = (count: SQL): SQL => sql`greatest(${memorySeconds}::int, ${waitAt(count)})`;
  const first = sql`1`;
  const next = sql`(case when failed.resets_at > ${at} then failed.count + 1 else 1 end)`;
  return sql`
    insert into ${limits} as failed (key, count, resets_at, blocked_until)
    values (${key}, ${first}, ${after(memoryAt(first))}, ${after(sql`(${waitAt(first)})`)})
    on conflict (key) do update set
      count = ${next},
      resets_at = ${after(memoryAt(next))},
      blocked_until = ${after(sql`(${waitAt(next)})`)}
    where failed.blocked_until is null or failed.blocked_until <= ${at}
    returning count`;
};

/** Empties a counter unless its wait runs, in a statement that sees the row as the last call before it left it. */
const clearStatement = (key: string, now: number): SQL => {
  const at = sql`${moment(now)}::timestamptz`;
  return sql`
    update ${limits} as failed set
      count = case when failed.blocked_until > ${at} then failed.count else 0 end,
      resets_at = case when failed.blocked_until > ${at} then failed.resets_at else ${at} end
    where key = ${key}
    returning greatest(0, ceil(extract(epoch from blocked_until - ${at})))::int as wait`;
};

/** The limits in PostgreSQL, where the service has no Redis. */
export const postgresLimitsStore = (db: Database, clock: Clock): LimitsStore => {
  const waits = async (rules: readonly (LimitRule | BackoffRule)[], now: number): Promise<number[]> => {
    if (rules.length === 0) return [];
    const keys = rules.map((rule) => rule.key);
    const rows = await db.select().from(limits).where(inArray(limits.key, keys));
    const counters = new Map(
      rows.map(({ key, count, resetsAt, blockedUntil }) => [
        key,
        { count, resetsAt: resetsAt.getTime(), blockedUntil: blockedUntil?.getTime() ?? 0 },
      ]),
    );
    return rules.map((rule) => waitOf(rule, counters.get(rule.key), now));
  };
  // Whoever was refused is never told 0, even if what stood in the way is gone by now.
  const longestWait = async (rules: readonly (LimitRule | BackoffRule)[], now: number): Promise<number> =>
    Math.max(1, ...(await waits(rules, now)));
  return {
    look: (rules) => waits(rules, clock.now().getTime()),
    take: async (rules) => {
      const now = clock.now().getTime();
      if (rules.length === 0) return 0;
      try {
        const { rows } = await db.execute<{ wait: number }>(takeStatement(rules, now));
        return rows[0]?.wait ?? 0;
      } catch (error) {
        if (!wasUndone(error)) throw error;
        return longestWait(rules, now);
      }
    },
    fail: async (rule) => {
      const now = clock.now().getTime();
      const { rows } = await db.execute(failStatement(rule, now));
      return rows.length > 0 ? 0 : longestWait([rule], now);
    },
    clear: async (key) => {
      const { rows } = await db.execute<{ wait: number | null }>(clearStatement(key, clock.now().getTime()));
      return rows[0]?.wait ?? 0;
    },
  };
};

/**
 * Removes at most `batch` counters that would start anew, the oldest first, and answers how many. Counters that a call
 * is working on are passed over, so the clean-up makes nobody wait. (As an array the batch is picked only once.)
 */
export const removeExpiredLimits = async (db: Database, now: Date, batch: number): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${limits} where key = any (array(
      select key from ${limits} where resets_at <= ${moment(now.getTime())}::timestamptz
      order by resets_at limit ${batch} for update skip locked
    ))`);
  return rowCount ?? 0;
};
