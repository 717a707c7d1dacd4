import { fillPlaceholders, type Query } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Database, Statements } from './client.ts';

/** A statement as the driver sends it. */
export interface Statement extends pg.QueryConfig<unknown[]> {
  /** Whether it only writes: nothing depends on its answer but success. */
  readonly isWriteOnly?: boolean;
  /** After this time the driver gives up and closes the connection. */
  readonly query_timeout?: number;
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

const lookUp = (text: string): Known => {
  const found = known.get(text);
  if (found !== undefined) return found;
  const isWriteOnly = /^\s*(?:insert|update|delete)\b/i.test(text) && !/\breturning\b/i.test(text);
  if (known.size >= NAMED_TEXTS) return { name: undefined, isWriteOnly };
  const added = { name: `moonlight_${known.size}`, isWriteOnly };
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

/**
 * A statement that Drizzle writes once and the driver sends under `name`, on any executor. Rows have the names and types that
 * PostgreSQL gives them.
 */
export const prepared = <Row extends pg.QueryResultRow>(
  name: string,
  write: (db: Pick<Statements, 'select' | 'insert' | 'update' | '$with' | 'with'>) => { toSQL(): Query },
) => {
  const { sql: text, params } = write(writer).toSQL();
  return async (executor: Database | Connection, values: Record<string, unknown>): Promise<Row[]> => {
    const statement = { name, text, values: fillPlaceholders(params, values) };
    const { rows } = await (sender in executor
      ? executor[sender]<Row>(statement)
      : executor.$client.query<Row>(statement));
    return rows;
  };
};
