import { parseArgs } from 'node:util';
import { ensureBuilt, listenForStop } from '@moonlight/build';
import { measureBearerCalls } from './compare/bearer-call.ts';
import { measureCleanUp } from './compare/clean-up.ts';
import { measureGrowth } from './compare/growth.ts';
import { measureLoginFlood } from './compare/login-flood.ts';
import { measureLoginStorm } from './compare/login-storm.ts';
import { measureMail } from './compare/mail.ts';
import { killServers } from './compare/processes.ts';
import { type RunOptions, type Servers, startAll } from './compare/servers.ts';
import { measureLogins, measureRegistrations, measureSessionEnds } from './compare/writes.ts';
import { withDatabase } from './with-database.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    accounts: { type: 'string', default: '1000000' },
  },
});
const [rounds, seconds, accounts] = [Number(values.rounds), Number(values.seconds), Number(values.accounts)];
const durable = { durable: true };

const PATHS = {
  bearer: measureBearerCalls,
  login: measureLogins,
  register: measureRegistrations,
  sessions: measureSessionEnds,
  storm: measureLoginStorm,
} satisfies Readonly<Record<string, (servers: Servers, options: RunOptions) => Promise<void>>>;
const GROUPS = [...Object.keys(PATHS), 'flood', 'mail', 'clean-up', 'growth'];

const measure = async (groups: readonly string[]): Promise<void> => {
  const unknown = groups.filter((group) => !GROUPS.includes(group));
  if (unknown.length > 0) throw new Error(`There is no group ${unknown.join(', ')}: choose from ${GROUPS.join(', ')}.`);
  const { asked } = listenForStop();
  asked.addEventListener('abort', killServers);
  await ensureBuilt(asked);
  const paths = Object.entries(PATHS).filter(([name]) => groups.includes(name));
  if (paths.length > 0)
    await withDatabase(async (databaseUrl) => {
      await using closing = new AsyncDisposableStack();
      const servers = await startAll(databaseUrl, closing);
      for (const [, run] of paths) await run(servers, { rounds, seconds, databaseUrl });
    }, durable);
  if (groups.includes('flood')) await withDatabase(measureLoginFlood, durable);
  if (groups.includes('mail')) await withDatabase(measureMail, durable);
  if (groups.includes('clean-up')) await withDatabase(measureCleanUp, durable);
  if (groups.includes('growth')) await measureGrowth({ rounds, seconds, accounts });
};

// Started by tooling/bootstrap, whose channel would keep this process running.
try {
  await measure(positionals.length === 0 ? GROUPS : positionals);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
