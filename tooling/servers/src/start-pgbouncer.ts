import { freePort } from './free-port.ts';
import { runServer } from './run-server.ts';

/** A PgBouncer in transaction mode. */
export interface RunningPgbouncer {
  /** The target's URL with the pooler's host and port. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Lets few connections to PostgreSQL serve all clients, so that the statements of a client often meet another one. */
const configuration = (port: number, { hostname, port: target, username, password }: URL): string => `
[databases]
* = host=${hostname} port=${target || 5432} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 500
`;

/** Starts a PgBouncer on loopback in front of the PostgreSQL at `target`, for all its databases. */
export const startPgbouncer = async (target: string): Promise<RunningPgbouncer> => {
  const port = await freePort();
  const url = new URL(target);
  const stop = await runServer({
    program: 'pgbouncer',
    args: [],
    configuration: configuration(port, url),
    port,
    isUnprivileged: true,
  });
  return { url: target.replace(url.host, `127.0.0.1:${port}`), stop };
};
