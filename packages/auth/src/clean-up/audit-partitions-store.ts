import type { Executor, Tx } from '@moonlight/db';
import { sql } from 'drizzle-orm';

// An arbitrary number; every process must use the same one.
const LOCK = 7_236_412;

/** The partitions of `audit_log` with the moment at which they end; without the default one, which takes all other rows. */
export const readAuditPartitions = async (tx: Executor) => {
  const { rows } = await tx.execute<{ name: string; endsAt: number }>(sql`
    select partition.relname as name, (extract(epoch from
      (regexp_match(pg_get_expr(partition.relpartbound, partition.oid), ${"TO \\('([^']+)'\\)"}))[1]::timestamptz
    ) * 1000)::float8 as "endsAt"
    from pg_inherits join pg_class partition on partition.oid = inhrelid
    where inhparent = 'audit_log'::regclass
      and pg_get_expr(partition.relpartbound, partition.oid) <> 'DEFAULT'`);
  return rows.map(({ name, endsAt }) => ({ name, endsAt: new Date(endsAt) }));
};

/**
 * Whether this transaction may change partitions; otherwise another one is doing so. A change waits at most 200 ms for the
 * calls that are writing an entry, because all further ones wait behind it.
 */
export const lockAuditPartitions = async (tx: Tx): Promise<boolean> => {
  await tx.execute(sql`set local lock_timeout = 200`);
  const { rows } = await tx.execute<{ isOurs: boolean }>(sql`select pg_try_advisory_xact_lock(${LOCK}) as "isOurs"`);
  return rows[0]?.isOurs === true;
};

/** Creates the partition of a month; not if the default partition already has entries of it, which would be an error. */
export const createAuditPartition = async (
  tx: Tx,
  { name, startsAt, endsAt }: { name: string; startsAt: Date; endsAt: Date },
): Promise<void> => {
  const [from, to] = [startsAt.toISOString(), endsAt.toISOString()];
  const { rows } = await tx.execute(sql`select 1 from audit_log_default where at >= ${from} and at < ${to} limit 1`);
  if (rows.length > 0) return;
  // DDL takes no parameters; these are dates that the caller has formatted.
  await tx.execute(
    sql`create table if not exists ${sql.identifier(name)} partition of audit_log
      for values from (${sql.raw(`'${from}'`)}) to (${sql.raw(`'${to}'`)})`,
  );
};

export const dropAuditPartition = async (tx: Tx, name: string): Promise<void> => {
  await tx.execute(sql`drop table if exists ${sql.identifier(name)}`);
};
