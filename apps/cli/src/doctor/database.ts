import type { Config } from '@moonlight/config';
import type { DatabaseClient } from '@moonlight/db';
import { checkPooler } from './pooler.ts';
import { count, type Finding, ok, wrong } from './finding.ts';

interface Facts {
  readonly version: number;
  readonly encoding: string;
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
  readonly connections: number;
  readonly user: string;
  readonly milliseconds: number;
}

const FACTS = `select current_setting('server_version_num')::int / 10000 as version,
  current_setting('server_encoding') as encoding, pg_is_in_recovery() as "isStandby",
  current_setting('transaction_read_only')::bool as "isReadOnly", current_user as user,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as connections,
  (extract(epoch from clock_timestamp()) * 1000)::float8 as milliseconds`;

const FORBIDDEN_TABLES = `select string_agg(c.relname, ', ' order by c.relname) as names
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and pg_table_is_visible(c.oid)
    and not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
      and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete'))`;

const OLDEST_VERSION = 14;
const TOLERATED_SKEW_MS = 2000;
// Besides the pool, the queue in PostgreSQL takes connections: of the API 2, of a worker 2 and 6.
const QUEUE_CONNECTIONS = 8;

/** What the check is about, and with which clock and how many processes. */
export interface Examined {
  readonly config: Config;
  /** This machine's time, in milliseconds since 1970. */
  readonly now: () => number;
  /** How many APIs and workers share the database. */
  readonly processes: number;
}

const variable = 'DATABASE_URL';

const checkServer = ({ version, encoding, isStandby, isReadOnly }: Facts): Finding[] => {
  const faults: (readonly [string, string])[] = [];
  if (version < OLDEST_VERSION)
    faults.push([`PostgreSQL ${version} is too old`, `Upgrade to ${OLDEST_VERSION} or newer.`]);
  if (encoding !== 'UTF8')
    faults.push([
      `the database stores text as ${encoding}, which cannot hold every name`,
      `Create a database with: create database <name> template template0 encoding 'UTF8'`,
    ]);
  if (isStandby) faults.push(['this server is a standby, which accepts no writes', 'Name the primary server.']);
  else if (isReadOnly)
    faults.push([
      'the database accepts no writes (default_transaction_read_only)',
      'Find out why it was set; then: alter database <name> reset default_transaction_read_only',
    ]);
  if (faults.length > 0) return faults.map((fault) => wrong('database', variable, fault));
  return [ok('database', `PostgreSQL ${version} with UTF-8 accepts writes`)];
};

const checkConnections = ({ connections }: Facts, { config, processes }: Examined): Finding => {
  const each = config.database.poolSize + (config.redisUrls === undefined ? QUEUE_CONNECTIONS : 0);
  const most = each * processes;
  const sum = `${processes} processes may open ${most} connections, and PostgreSQL accepts ${connections} (max_connections)`;
  if (most <= connections) return ok('database', sum);
  return wrong('database', 'DATABASE_POOL_SIZE', [
    sum,
    'Lower DATABASE_POOL_SIZE, raise max_connections, or put PgBouncer in front of PostgreSQL.',
  ]);
};

const checkSkew = async ({ now }: Examined, facts: () => Promise<Facts>): Promise<Finding> => {
  const before = now();
  const { milliseconds } = await facts();
  const skew = (before + now()) / 2 - milliseconds;
  const seconds = Math.abs(skew / 1000).toFixed(1);
  if (Math.abs(skew) <= TOLERATED_SKEW_MS)
    return ok('database', `the clocks of this machine and PostgreSQL differ by ${seconds} s`);
  return wrong('database', null, [
    `the clock of this machine is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} that of PostgreSQL`,
    'Run a time service (NTP, chrony) on both machines.',
  ]);
};

const checkTables = async ({ config }: Examined, { db }: DatabaseClient, { user }: Facts): Promise<Finding[]> => {
  const [{ unknownMigrations }, { findMissing }] = await Promise.all([
    import('@moonlight/db'),
    import('@moonlight/runtime'),
  ]);
  const missing = await findMissing(config.database.url ?? '', config.redisUrls);
  const unknown = await unknownMigrations({
    query: async <Row>(text: string) => db.$client.query<Row & Record<string, unknown>>(text),
  });
  const { rows } = await db.$client.query<{ names: string | null }>(FORBIDDEN_TABLES);
  const forbidden = rows[0]?.names ?? null;
  const faults: (readonly [string, string])[] = [];
  if (missing.length > 0)
    faults.push([
      `${count(missing.length, 'migration')} missing, the first is ${missing[0]}`,
      'Run: moonlight migrate',
    ]);
  if (unknown > 0)
    faults.push([
      `${count(unknown, 'migration')} newer than this version`,
      'Finish the upgrade: run the version that made them.',
    ]);
  if (forbidden !== null)
    faults.push([
      `the user ${user} may not read and write: ${forbidden}`,
      `Make it their owner, or: grant select, insert, update, delete on all tables in schema public to ${user}`,
    ]);
  if (faults.length > 0) return faults.map((fault) => wrong('database', variable, fault));
  return [ok('database', 'all migrations have run, and the user may read and write all tables')];
};

const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Start PostgreSQL, or correct host and port.',
  ENOTFOUND: 'Correct the host name.',
  '28P01': 'Correct user and password; special characters of a password are percent-encoded in a URL.',
  '28000': 'Correct the user, or its line in pg_hba.conf.',
  '3D000': 'Create it: create database <name> encoding UTF8; or correct the name at the end of the URL.',
  '42501': 'Make the user of DATABASE_URL the owner of the tables.',
  '53300': 'Lower DATABASE_POOL_SIZE, raise max_connections, or end idle sessions.',
  '53100': 'Free disk space on the database server.',
};

interface DatabaseCheck {
  readonly findings: readonly Finding[];
  /** Whether all tables are there and may be read. */
  readonly hasTables: boolean;
}

/** Whether PostgreSQL can be used: server, tables, rights, connections, clock and what stands between. */
export const checkDatabase = async (examined: Examined, database: DatabaseClient): Promise<DatabaseCheck> => {
  const { codeOf, toDatabaseFailure } = await import('@moonlight/runtime');
  const readFacts = async (): Promise<Facts> => {
    const { rows } = await database.db.$client.query<Facts>(FACTS);
    if (rows[0] === undefined) throw new Error('PostgreSQL returned no row');
    return rows[0];
  };
  try {
    const facts = await readFacts();
    const [tables, ...others] = await Promise.all([
      checkTables(examined, database, facts),
      checkSkew(examined, readFacts),
      checkPooler(examined.config, database),
    ]);
    const findings = [...checkServer(facts), ...tables, checkConnections(facts, examined), ...others];
    return { findings, hasTables: tables.every(({ status }) => status === 'ok') };
  } catch (error) {
    const failure = toDatabaseFailure(error, examined.config.database.url ?? '');
    const seen = failure instanceof Error ? failure.message : String(failure);
    const advice = ADVICE[codeOf(error)] ?? 'Check the address, and whether the server runs and answers.';
    const finding = wrong('database', variable, [seen.replace(/^DATABASE_URL: /, ''), advice]);
    return { findings: [finding], hasTables: false };
  }
};
