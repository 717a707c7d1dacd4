import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Whether statements are sent under names, so that PostgreSQL plans them once on each connection. */
export type PreparedStatements = 'auto' | 'on' | 'off';

const ROUNDS = 5;

// "prepared statement does not exist", "prepared statement already exists".
const isLost = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '26000' || error.code === '42P05');

/** Whether `client` leads straight to PostgreSQL. A pooler makes up the process id that it tells its clients. */
const isDirect = async (client: pg.ClientBase): Promise<boolean> => {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return 'processID' in client && rows[0]?.pid === client.processID;
};

/**
 * Whether two connections can use one name for different statements. If a pooler gives both of them the same session of
 * PostgreSQL, the name exists already; if it gives one of them two sessions, the name does not exist in one.
 */
const keepsNames = async (config: pg.ClientConfig): Promise<boolean> => {
  const name = `moonlight_${randomUUID()}`;
  const clients = [1, 2].map((number) => ({ number, client: new pg.Client(config) }));
  try {
    for (const { client } of clients) {
      client.on('error', () => undefined);
      await client.connect();
    }
    for (const { number, client } of Array.from({ length: ROUNDS }, () => clients).flat()) {
      const { rows } = await client.query<{ number: number }>({ name, text: `select ${number} as number` });
      if (rows[0]?.number !== number) return false;
    }
    return true;
  } catch (error) {
    if (isLost(error)) return false;
    throw error;
  } finally {
    for (const { client } of clients) client.end(() => undefined);
  }
};

/**
 * Whether the server at the other end of a new connection keeps prepared statements: PostgreSQL does, and so does a pooler in session
 * mode and PgBouncer 1.21 or newer with `max_prepared_statements`. `config` opens further connections, behind a pooler only.
 */
export const keepsPreparedStatements = async (client: pg.ClientBase, config: pg.ClientConfig): Promise<boolean> =>
  (await isDirect(client)) || keepsNames(config);

/** Makes a connection send all its statements without a name. */
export const sendUnnamed = (client: pg.ClientBase): void => {
  const query = new Proxy(client.query.bind(client), {
    apply: (send, _client, [config, ...rest]: [string | pg.QueryConfig, ...unknown[]]): unknown =>
      Reflect.apply(send, client, [typeof config === 'string' ? config : { ...config, name: undefined }, ...rest]),
  });
  Object.assign(client, { query });
};
