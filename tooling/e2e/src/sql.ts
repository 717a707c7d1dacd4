import pg from 'pg';

/** Direct access to a stack's database. */
export interface Sql {
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Opens a separate connection, for locks; it is closed together with the stack. */
  connect(): Promise<pg.Client>;
  /**
   * Moves every stored time into the past, as if that many seconds had passed. The times inside access tokens do not change.
   */
  passTime(seconds: number): Promise<void>;
  close(): Promise<void>;
}

const SHIFT = (seconds: number): string => `
  do $$ declare times record; begin
    for times in
      select table_name, string_agg(format('%1$I = %1$I - interval ''${seconds} seconds''', column_name), ', ') as moved
      from information_schema.columns join pg_class on relname = table_name and not relispartition
      where table_schema = 'public' and data_type = 'timestamp with time zone' group by table_name
    loop execute format('update %I set %s', times.table_name, times.moved); end loop;
  end $$`;

export const openSql = (url: string): Sql => {
  const pool = new pg.Pool({ connectionString: url, max: 3 });
  const clients: pg.Client[] = [];
  // Tests stop databases.
  pool.on('error', () => undefined);
  const query: Sql['query'] = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
    (await pool.query<Row>(text, [...values])).rows;
  return {
    query,
    connect: async () => {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => undefined);
      clients.push(client);
      await client.connect();
      return client;
    },
    passTime: async (seconds) => void (await query(SHIFT(seconds))),
    close: async () => {
      await Promise.all([pool.end(), ...clients.map((client) => client.end())]);
    },
  };
};
