import { z } from 'zod';
import { emailOf, PASSWORD, seedAccounts } from './accounts.ts';
import { type Call, runLoad, type Sample } from './load.ts';
import { type ServerProcess, startScript, startService } from './processes.ts';

export interface RunOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly databaseUrl: string;
}

/** The accounts that are logged in to. */
export const ACCOUNTS = 1000;
export const LOGIN_CONNECTIONS = 16;

export interface Servers {
  readonly real: ServerProcess;
  readonly withoutHash: ServerProcess;
  readonly bare: ServerProcess;
  readonly bareWithoutHash: ServerProcess;
}

/** Starts the service and the bound, each with and without a hash, and adds the same accounts to both. */
export const startAll = async (databaseUrl: string, closing: AsyncDisposableStack): Promise<Servers> => {
  const keep = async <T extends ServerProcess>(starting: Promise<T>): Promise<T> =>
    closing.adopt(await starting, (server) => server.stop());
  const real = await keep(startService('api', { databaseUrl }));
  process.stdout.write(
    `The built API started in ${real.startMs.toFixed(0)} ms; ${real.memory().now.toFixed(0)} MiB idle.\n`,
  );
  // Both have the same issuer, so a token of one is valid at the other.
  const withoutHash = await keep(
    startService('api', { databaseUrl, withoutHash: true, env: { PUBLIC_URL: real.url } }),
  );
  const bare = await keep(startScript('bare-server.ts', [], databaseUrl));
  const bareWithoutHash = await keep(startScript('bare-server.ts', ['without-hash'], databaseUrl));
  await seedAccounts(databaseUrl, ACCOUNTS);
  await signUpBare(bare, ACCOUNTS);
  return { real, withoutHash, bare, bareWithoutHash };
};

/** Sends calls for `seconds`; each gets its number, which differs over all rounds. */
export const timed = (
  { url }: ServerProcess,
  options: { seconds: number; connections?: number; status?: number },
  call: (n: number, connection: number) => Call,
): (() => Promise<Sample>) => {
  let first = 0;
  return async () => {
    let sent = 0;
    const sample = await runLoad({
      url,
      connections: LOGIN_CONNECTIONS,
      ...options,
      next: (n, connection) => {
        sent = n + 1;
        return call(first + n, connection);
      },
    });
    first += sent;
    return sample;
  };
};

/** The token for call `n`; the tokens are used in turn. */
export const at = (tokens: readonly string[], n: number): string => tokens[n % tokens.length] ?? '';

const signUpBare = async (server: ServerProcess, count: number): Promise<void> => {
  const next = (n: number) =>
    n < count ? { path: '/register', body: { email: emailOf(n), password: PASSWORD } } : undefined;
  await runLoad({ url: server.url, connections: LOGIN_CONNECTIONS, status: 201, next });
};

/** Logs in at the bound `count` times; returns the tokens. */
export const bareTokens = async (server: ServerProcess, count: number): Promise<string[]> => {
  const tokens: string[] = [];
  await runLoad({
    url: server.url,
    connections: LOGIN_CONNECTIONS,
    next: (n) =>
      n < count ? { path: '/login', body: { email: emailOf(n % ACCOUNTS), password: PASSWORD } } : undefined,
    onAnswer: (text) => tokens.push(z.object({ token: z.string() }).parse(JSON.parse(text)).token),
  });
  return tokens;
};
