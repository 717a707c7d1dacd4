import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const TYPE_AND_LENGTH = 5;
const QUERY = 0x51; // Q
const EXECUTE = 0x45; // E

/** Splits what a client sends into protocol messages; only the first one, which starts the session, has no type. */
const messageReader = (onMessage: (type: number, body: string) => void) => {
  let rest = Buffer.alloc(0);
  let hasStarted = false;
  return (data: Buffer): void => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const offset = hasStarted ? 1 : 0;
      if (rest.length < TYPE_AND_LENGTH) return;
      const end = offset + rest.readUInt32BE(offset);
      if (rest.length < end) return;
      if (hasStarted) onMessage(rest.readUInt8(0), rest.toString('utf8', TYPE_AND_LENGTH, end));
      hasStarted = true;
      rest = rest.subarray(end);
    }
  };
};

const statementsIn = (query: string): number =>
  query
    .replace('\0', '')
    .split(';')
    .filter((part) => part.trim() !== '').length;

/** Adds the current time for each statement. */
const countInto = (times: number[]) =>
  messageReader((type, body) => {
    const statements = type === QUERY ? statementsIn(body) : Number(type === EXECUTE);
    for (let index = 0; index < statements; index += 1) times.push(performance.now());
  });

/** A proxy in front of PostgreSQL that counts the statements, each of a query with several, whatever client sends them. */
export const startStatementCounter = async (databaseUrl: string) => {
  const target = new URL(databaseUrl);
  const times: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', countInto(times)).pipe(upstream);
    upstream.pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${address.port}`;
  return {
    url: url.href,
    /** The number of statements in the last `seconds`. */
    countOf: (seconds: number): number => times.filter((time) => time > performance.now() - seconds * 1000).length,
    close: (): void => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};
