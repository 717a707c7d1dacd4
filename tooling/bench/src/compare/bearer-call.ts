import { AUTH, logInMany, newTokens } from './accounts.ts';
import type { Call } from './load.ts';
import { compare } from './rounds.ts';
import { ACCOUNTS, at, bareTokens, type RunOptions, type Servers, timed } from './servers.ts';

const CONNECTIONS = 64;
// Every round of calls with new tokens gets tokens that the service has not seen; it verifies fewer per second than this.
const NEW_TOKENS_PER_SECOND = 12_000;

/** A bearer call beside a select of the session, with tokens that were verified before and with new ones. */
export const measureBearerCalls = async (servers: Servers, { databaseUrl, ...options }: RunOptions): Promise<void> => {
  const { real, withoutHash, bare } = servers;
  const known = await logInMany(withoutHash.url, ACCOUNTS, ACCOUNTS);
  const bareKnown = await bareTokens(servers.bareWithoutHash, ACCOUNTS);
  const needed = NEW_TOKENS_PER_SECOND * options.seconds * (options.rounds + 1) * 1.5;
  const cold = await newTokens(databaseUrl, at(known, 0), Math.ceil(needed));
  const calls = { seconds: options.seconds, connections: CONNECTIONS };
  const profile = (token: string): Call => ({ path: `${AUTH}/profile`, bearer: token });
  let used = 0;
  const next = (): string => {
    const token = cold[used];
    if (token === undefined) throw new Error('There are too few tokens for this machine: run fewer rounds.');
    used += 1;
    return token;
  };
  const bound = 'bare session check';
  await compare(
    'Bearer call',
    [
      { name: bound, run: timed(bare, calls, (n) => ({ path: '/session', bearer: at(bareKnown, n) })) },
      { name: 'REST, every token known', bound, wanted: 0.8, run: timed(real, calls, (n) => profile(at(known, n))) },
      {
        name: 'REST, half of the tokens new',
        bound,
        run: timed(real, calls, (n) => profile(n % 2 === 0 ? at(known, n) : next())),
      },
      { name: 'REST, every token new', bound, wanted: 0.6, run: timed(real, calls, () => profile(next())) },
      {
        name: 'tRPC account.profile',
        bound,
        wanted: 0.65,
        run: timed(real, calls, (n) => ({ path: '/trpc/account.profile', bearer: at(known, n) })),
      },
    ],
    options,
  );
};
