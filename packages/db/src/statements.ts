import { createHash } from 'node:crypto';
import { fillPlaceholders, getTableColumns, is, type Query, sql, SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { PgDialect, type PgTable } from 'drizzle-orm/pg-core';
import type pg from 'pg';
import type { Database, Statements } from './client.ts';

/** A statement as the driver sends it. */
export interface Statement extends pg.QueryConfig<unknown[]> {
  /** Whether it only writes: nothing depends on its answer but success. */
  readonly isWriteOnly?: boolean;
}

export type Sender = <Row extends pg.QueryResultRow>(statement: Statement) => Promise<pg.QueryResult<Row>>;

// Not exported by the package: only `prepared` sends statements past Drizzle.
export const sender: unique symbol = Symbol('sender');

/** One connection with Drizzle on top. */
export type Connection = Statements & { readonly [sender]: Sender };

interface Known {
  readonly name: string | undefined;
  readonly isWriteOnly: boolean;
}

// Drizzle builds a few dozen different texts. One that contains a list of changing length would fill the memory of
// PostgreSQL's connections with prepared statements, so further texts are sent without a name.
const NAMED_TEXTS = 200;
const known = new Map<string, Known>();

const onlyWrites = (text: string): boolean =>
  /^\s*(?:insert|update|delete)\b/i.test(text) && !/\breturning\b/i.test(text);

// A name belongs to one text, whatever process or release uses it: behind a pooler they share the sessions of PostgreSQL.
const nameOf = (prefix: string, text: string): string =>
  `${prefix}_${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;

const lookUp = (text: string): Known => {
  const found = known.get(text);
  if (found !== undefined) return found;
  const isWriteOnly = onlyWrites(text);
  if (known.size >= NAMED_TEXTS) return { name: undefined, isWriteOnly };
  const added = { name: nameOf('moonlight', text), isWriteOnly };
  known.set(text, added);
  return added;
};

/** The statement with its values and a name, under which PostgreSQL plans it once on each connection. */
export const toStatement = (config: Statement | string, values: unknown[] | undefined): Statement => {
  const statement = typeof config === 'string' ? { text: config } : config;
  const { name, isWriteOnly } = lookUp(statement.text);
  const given = values ?? statement.values ?? [];
  // Without values it may be a command that cannot be prepared, such as `lock table`.
  return { ...statement, values: given, isWriteOnly, name: statement.name ?? (given.length > 0 ? name : undefined) };
};

// It writes SQL and is connected to nothing.
const writer = drizzle.mock();
const dialect = new PgDialect();

/** What writes statements without sending them. */
export type StatementWriter = Pick<Statements, 'select' | 'insert' | 'update' | 'delete' | '$with' | 'with'>;

/**
 * A statement that Drizzle writes once and the driver sends under `name`, on any executor. Rows have the names and types that
 * PostgreSQL gives them; a statement that returns none gives an empty list. PostgreSQL keeps the plan of a name until the
 * table is analyzed, so this is not for a table that grows from empty to large within a minute.
 */
export const prepared = <Row extends pg.QueryResultRow>(
  name: string,
  write: (db: StatementWriter) => SQL | { toSQL(): Query },
) => {
  const written = write(writer);
  const { sql: text, params } = is(written, SQL) ? dialect.sqlToQuery(written) : written.toSQL();
  const statement = { name: nameOf(name, text), text, isWriteOnly: onlyWrites(text) };
  return async (executor: Database | Connection, values: Record<string, unknown>): Promise<Row[]> => {
    const result = await send<Row>(executor, { ...statement, values: fillPlaceholders(params, values) });
    return statement.isWriteOnly ? [] : result.rows;
  };
};

const send = <Row extends pg.QueryResultRow>(
  executor: Database | Connection,
  statement: Statement,
): Promise<pg.QueryResult<Row>> =>
  sender in executor ? executor[sender]<Row>(statement) : executor.$client.query<Row>(statement);

/** The columns of a table under the names of its fields: a row of them is a row as Drizzle infers it. */
export const fieldsOf = (table: PgTable): Record<string, SQL.Aliased> =>
  Object.fromEntries(
    Object.entries(getTableColumns(table)).map(([field, column]) => [field, sql`${column}`.as(field)]),
  );

/** Inserts rows of plain values. Drizzle writes the statement once for each set of fields. */
export const insertInto = <T extends PgTable>(table: T) => {
  const columns = Object.entries(getTableColumns(table));
  const texts = new Map<string, string>();
  return async (executor: Database | Connection, row: T['$inferInsert']): Promise<void> => {
    const values = new Map(Object.entries(row).filter(([, value]) => value !== undefined));
    const given = columns.filter(([field]) => values.has(field));
    const fields = given.map(([field]) => field).join();
    const text = texts.get(fields) ?? writer.insert(table).values(row).toSQL().sql;
    texts.set(fields, text);
    const encoded = given.map(([field, column]) => {
      const value: unknown = values.get(field);
      return value === null ? null : column.mapToDriverValue(value);
    });
    await send(executor, toStatement(text, encoded));
  };
};
