import { z } from 'zod';
import { AUTH, emailOf, logInMany, PASSWORD } from './accounts.ts';
import { type Call, runLoad, type Sample } from './load.ts';
import type { ServerProcess } from './processes.ts';
import { compare, type Contender } from './rounds.ts';
import { ACCOUNTS, bareTokens, type RunOptions, type Servers, timed } from './servers.ts';

/** Logins beside those of the bound. */
export const measureLogins = async (servers: Servers, options: RunOptions): Promise<void> => {
  const { seconds } = options;
  const body = (n: number) => ({ email: emailOf(n % ACCOUNTS), password: PASSWORD });
  const moonlight = (n: number): Call => ({ path: `${AUTH}/login`, body: body(n) });
  const bare = (n: number): Call => ({ path: '/login', body: body(n) });
  const contenders: Contender[] = [
    { name: 'bare login', run: timed(servers.bare, { seconds }, bare) },
    { name: 'login', bound: 'bare login', wanted: 0.92, run: timed(servers.real, { seconds }, moonlight) },
    { name: 'bare login, no hash', run: timed(servers.bareWithoutHash, { seconds }, bare) },
    {
      name: 'login, no hash',
      bound: 'bare login, no hash',
      wanted: 0.6,
      run: timed(servers.withoutHash, { seconds }, moonlight),
    },
  ];
  await compare('Login', contenders, options);
};

/** Registrations by link beside those of the bound. */
export const measureRegistrations = async (servers: Servers, options: RunOptions): Promise<void> => {
  const limits = { seconds: options.seconds, status: 201 };
  const moonlight =
    (prefix: string) =>
    (n: number): Call => ({
      path: `${AUTH}/register`,
      body: { email: `${prefix}${n}@example.com`, username: `${prefix}${n}`, password: PASSWORD },
    });
  const bare =
    (prefix: string) =>
    (n: number): Call => ({
      path: '/register',
      body: { email: `${prefix}${n}@example.com`, password: PASSWORD },
    });
  const contenders: Contender[] = [
    { name: 'bare registration', run: timed(servers.bare, limits, bare('new')) },
    {
      name: 'registration',
      bound: 'bare registration',
      wanted: 0.9,
      run: timed(servers.real, limits, moonlight('new')),
    },
    { name: 'bare registration, no hash', run: timed(servers.bareWithoutHash, limits, bare('fast')) },
    {
      name: 'registration, no hash',
      bound: 'bare registration, no hash',
      run: timed(servers.withoutHash, limits, moonlight('fast')),
    },
  ];
  await compare('Registration', contenders, options);
};

// Each logout needs a session of its own, so a round has a number of calls and no duration.
const LOGOUTS = 1500;
const CONNECTIONS = 64;

/** Uses each token once, `LOGOUTS` of them in a round. */
const endSessions = (
  { url }: ServerProcess,
  tokens: readonly string[],
  call: (token: string) => Call,
): (() => Promise<Sample>) => {
  let first = 0;
  return async () => {
    const from = first;
    first += LOGOUTS;
    const next = (n: number) => {
      const token = n < LOGOUTS ? tokens[from + n] : undefined;
      return token === undefined ? undefined : call(token);
    };
    return runLoad({ url, connections: CONNECTIONS, next });
  };
};

const refreshed = z.object({ data: z.object({ refresh_token: z.string() }) });
const loggedIn = z.object({ data: z.object({ tokens: z.object({ refresh_token: z.string() }) }) });

/** Logs in once on each connection; returns the refresh tokens by connection. */
const openSessions = async (url: string, connections: number): Promise<string[]> => {
  const tokens: string[] = [];
  await runLoad({
    url,
    connections,
    next: (_n, connection) =>
      tokens[connection] === undefined
        ? { path: `${AUTH}/login`, body: { email: emailOf(connection), password: PASSWORD } }
        : undefined,
    onAnswer: (text, connection) => {
      tokens[connection] = loggedIn.parse(JSON.parse(text)).data.tokens.refresh_token;
    },
  });
  return tokens;
};

/** Each connection has a session and rotates its refresh token again and again. */
export const refreshes = (
  { url }: ServerProcess,
  { seconds, connections }: { seconds: number; connections: number },
): (() => Promise<Sample>) => {
  let tokens: string[] | undefined;
  return async () => {
    tokens ??= await openSessions(url, connections);
    const current = tokens;
    return runLoad({
      url,
      seconds,
      connections,
      next: (_n, connection) => ({ path: `${AUTH}/refresh`, body: { refresh_token: current[connection] } }),
      onAnswer: (text, connection) => {
        current[connection] = refreshed.parse(JSON.parse(text)).data.refresh_token;
      },
    });
  };
};

/** Refreshes and logouts beside the bound's logouts: each of the three is one write of one row. */
export const measureSessionEnds = async (servers: Servers, options: RunOptions): Promise<void> => {
  const count = LOGOUTS * (options.rounds + 1);
  const tokens = await logInMany(servers.withoutHash.url, count, ACCOUNTS);
  const bare = await bareTokens(servers.bareWithoutHash, count);
  const bound = 'bare logout';
  const logout =
    (path: string) =>
    (bearer: string): Call => ({ path, bearer, body: {} });
  await compare(
    'Refresh and logout',
    [
      { name: bound, run: endSessions(servers.bare, bare, logout('/logout')) },
      { name: 'logout', bound, wanted: 0.6, run: endSessions(servers.real, tokens, logout(`${AUTH}/logout`)) },
      {
        name: 'refresh',
        bound,
        wanted: 0.8,
        run: refreshes(servers.withoutHash, { seconds: options.seconds, connections: CONNECTIONS }),
      },
    ],
    options,
  );
};
