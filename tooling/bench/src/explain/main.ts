import { parseArgs } from 'node:util';
import { loadConfig } from '@moonlight/config';
import { createRuntime } from '@moonlight/runtime';
import { Client } from 'pg';
import { pino } from 'pino';
import { withDatabase } from '../with-database.ts';
import { runAllFlows } from './flows.ts';
import { rowSizes, seed } from './seed.ts';
import { explainStatement, recordStatements } from './statements.ts';

const { values } = parseArgs({ options: { users: { type: 'string', default: '1000000' } } });
const print = (line: string) => process.stdout.write(`${line}\n`);

// However many accounts there are. `audit_log_default` has an index, but is empty.
const SMALL_TABLES = new Set(['signing_keys', 'pg_inherits', 'audit_log_default']);

/** Prints how PostgreSQL runs every statement of the service among many accounts; fails when one scans a table. */
await withDatabase(
  async (url) => {
    await using closing = new AsyncDisposableStack();
    const client = new Client({ connectionString: url });
    await client.connect();
    closing.defer(() => client.end());
    await seed(client, Number(values.users), print);
    for (const [table, bytes] of await rowSizes(client))
      print(`${table.padEnd(26)} ${bytes} bytes a row, indexes included`);

    const config = loadConfig({
      DATA_DIR: '/nonexistent',
      SECRET_KEY: 'only for this benchmark, 32 bytes',
      CAPTCHA_PROVIDER: 'none',
    });
    const runtime = await createRuntime({ config, log: pino({ level: 'silent' }), databaseUrl: url });
    const mailQueue = { notify: async () => undefined };
    const recorder = recordStatements();
    await runAllFlows({ ...runtime.auth, deps: { ...runtime.auth.deps, mailQueue } }, recorder.during);
    const statements = recorder.stop();
    await runtime.close();

    let scans = 0;
    for (const statement of statements) {
      const { milliseconds, indexes, scanned } = await explainStatement(client, statement);
      const large = scanned.filter((table) => !SMALL_TABLES.has(table));
      scans += large.length;
      const verdict = large.length > 0 ? `SCANS ${large.join(', ')}` : indexes.join(', ') || 'no table read';
      const text = statement.text.replaceAll(/\s+/g, ' ').trim().slice(0, 70);
      print(
        `${statement.flow.padEnd(26)} ${(milliseconds?.toFixed(2) ?? 'planned').padStart(8)} ms  ${verdict.padEnd(60)}  ${text}`,
      );
    }
    print(`${statements.length} statements, ${scans} scan a table`);
    if (scans > 0) process.exitCode = 1;
  },
  { durable: false },
);
