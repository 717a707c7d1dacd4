import { withDatabase } from '../with-database.ts';
import { AUTH, emailOf, logInMany, PASSWORD, seedAccounts, sql } from './accounts.ts';
import type { Call } from './load.ts';
import { type ServerProcess, startService } from './processes.ts';
import { compare, type Contender } from './rounds.ts';
import { at, timed } from './servers.ts';
import { refreshes } from './writes.ts';

const FEW = 1000;
const SESSIONS_EACH = 3;
const CONNECTIONS = 4;
const TOKENS = 1000;
// The median duration may grow to 1.15 times, so this is the least ratio of the rates.
const WANTED = 0.87;

const seed = async (databaseUrl: string, accounts: number): Promise<void> => {
  await seedAccounts(databaseUrl, accounts);
  await sql(
    databaseUrl,
    `insert into sessions (id, user_id, created_at, rotated_at, expires_at)
     select gen_random_uuid(), id, now(), now(), now() + interval '7 days' from users, generate_series(1, ${SESSIONS_EACH})`,
  );
  await sql(databaseUrl, 'vacuum analyze');
};

type Operation = readonly [name: string, run: Contender['run']];

const operations = async (server: ServerProcess, accounts: number, seconds: number): Promise<Operation[]> => {
  const tokens = await logInMany(server.url, TOKENS, accounts);
  const load = { seconds, connections: CONNECTIONS };
  const random = () => emailOf(Math.floor(Math.random() * accounts));
  const registration = (n: number): Call => ({
    path: `${AUTH}/register`,
    body: { email: `new${n}@example.com`, username: `new${n}`, password: PASSWORD },
  });
  return [
    ['profile', timed(server, load, (n) => ({ path: `${AUTH}/profile`, bearer: at(tokens, n) }))],
    ['login', timed(server, load, () => ({ path: `${AUTH}/login`, body: { email: random(), password: PASSWORD } }))],
    ['registration', timed(server, { ...load, status: 201 }, registration)],
    ['refresh', refreshes(server, load)],
  ];
};

/** The same operations, without a hash, on a service with few and with many accounts. */
export const measureGrowth = (options: { rounds: number; seconds: number; accounts: number }): Promise<void> =>
  withDatabase(
    (small) =>
      withDatabase(
        async (large) => {
          await using closing = new AsyncDisposableStack();
          const contenders: Contender[] = [];
          const sizes = [
            { databaseUrl: small, accounts: FEW },
            { databaseUrl: large, accounts: options.accounts },
          ];
          for (const { databaseUrl, accounts } of sizes) {
            process.stderr.write(`Adding ${accounts} accounts with ${SESSIONS_EACH} sessions each.\n`);
            await seed(databaseUrl, accounts);
            const service = await startService('api', { databaseUrl, withoutHash: true });
            closing.defer(() => service.stop());
            for (const [name, run] of await operations(service, accounts, options.seconds)) {
              const comparison = accounts === FEW ? {} : { bound: `${name}, ${FEW} accounts`, wanted: WANTED };
              contenders.push({ name: `${name}, ${accounts} accounts`, ...comparison, run });
            }
          }
          await compare(`${FEW} accounts beside ${options.accounts}`, contenders, options);
        },
        { durable: true },
      ),
    { durable: true },
  );
