import { cleanUp } from '@moonlight/auth';
import { loadConfig } from '@moonlight/config';
import { createRuntime } from '@moonlight/runtime';
import { pino } from 'pino';
import { AUTH, emailOf, logInMany, PASSWORD, seedAccounts, sql } from './accounts.ts';
import { type Call, runLoad, type Sample } from './load.ts';
import { SECRET_KEY, type ServerProcess, startService } from './processes.ts';

const ACCOUNTS = 1000;
const EXPIRED = { limits: 325_000, sessions: 325_000 };
const SECONDS = 8;
const CONNECTIONS = 4;
// The p99 of a call beside the clean-up, compared with the p99 without it.
const WANTED = 1.5;

const seed = async (databaseUrl: string): Promise<void> => {
  await seedAccounts(databaseUrl, ACCOUNTS);
  await sql(
    databaseUrl,
    `insert into limits (key, count, resets_at)
     select 'old:' || n, 1, now() - interval '1 hour' from generate_series(1, ${EXPIRED.limits}) n`,
  );
  // The ids are UUIDs of 1970; the clean-up finds expired sessions by them.
  await sql(
    databaseUrl,
    `insert into sessions (id, user_id, created_at, rotated_at, expires_at)
     select ('00000000' || substr(gen_random_uuid()::text, 9))::uuid, id, now() - interval '1 year', now() - interval '1 year',
       now() - interval '300 days'
     from users, generate_series(1, ${EXPIRED.sessions / ACCOUNTS})`,
  );
  await sql(databaseUrl, 'vacuum analyze');
};

/** Removes expired rows until the returned function is called, which resolves with their number. */
const startCleanUp = async (databaseUrl: string) => {
  const config = loadConfig({ DATA_DIR: '/nonexistent', SECRET_KEY });
  const runtime = await createRuntime({ config, log: pino({ level: 'silent' }), databaseUrl });
  const stopping = new AbortController();
  const removing = cleanUp(runtime.auth.deps, stopping.signal);
  return async (): Promise<number> => {
    stopping.abort();
    const removed = await removing;
    await runtime.close();
    return Object.values(removed).reduce((sum, count) => sum + count, 0);
  };
};

const operations = async ({ url }: ServerProcess) => {
  const tokens = await logInMany(url, 100, ACCOUNTS);
  const calls: Readonly<Record<string, (n: number) => Call>> = {
    profile: (n) => ({ path: `${AUTH}/profile`, bearer: tokens[n % tokens.length] ?? '' }),
    login: (n) => ({ path: `${AUTH}/login`, body: { email: emailOf(n % ACCOUNTS), password: PASSWORD } }),
  };
  return async (): Promise<(readonly [string, Sample])[]> => {
    const samples: (readonly [string, Sample])[] = [];
    for (const [name, next] of Object.entries(calls))
      samples.push([name, await runLoad({ url, seconds: SECONDS, connections: CONNECTIONS, next })]);
    return samples;
  };
};

/** The durations of calls, without a hash, beside the removal of many expired rows. */
export const measureCleanUp = async (databaseUrl: string): Promise<void> => {
  await seed(databaseUrl);
  const service = await startService('api', { databaseUrl, withoutHash: true });
  try {
    const measure = await operations(service);
    const before = await measure();
    const stop = await startCleanUp(databaseUrl);
    const beside = await measure();
    const removed = await stop();
    const rows = before.map(([name, { p99 }], index) => {
      const during = beside[index]?.[1].p99 ?? Number.NaN;
      return `| ${name} | ${p99.toFixed(1)} | ${during.toFixed(1)} | ${(during / p99).toFixed(2)} (wanted ≤ ${WANTED}) |\n`;
    });
    process.stdout.write(`\n## Clean-up: ${removed} rows were removed meanwhile\n
| call | p99 ms | p99 ms beside the clean-up | ratio |\n|---|---|---|---|\n${rows.join('')}`);
  } finally {
    await service.stop();
  }
};
