const EVERYWHERE = new Set(['0.0.0.0', '::', '127.0.0.1', '::1', 'localhost']);

/** Where this machine reaches a server that listens on `host`. */
export const reachable = (host: string, port: number): string => {
  const loopback = host === '::1' ? '[::1]' : '127.0.0.1';
  return `http://${EVERYWHERE.has(host) ? loopback : host}:${port}`;
};

/** The same for people: `localhost` where that will do. */
export const readable = (host: string, port: number): string =>
  EVERYWHERE.has(host) ? `http://localhost:${port}` : reachable(host, port);
