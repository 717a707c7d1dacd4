import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from './testing.ts';

const statementsOf = async (migration: string): Promise<string[]> => {
  const folder = new URL('migrations/', import.meta.url);
  const file = (await readdir(folder)).find((name) => name.endsWith(`_${migration}.sql`));
  return (await readFile(new URL(file ?? '', folder), 'utf8')).split('--> statement-breakpoint');
};

test('the migration to partitions keeps all entries, and inserts of the release before continue to work', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    // The table as the releases before created it.
    await client.query('drop table audit_log; drop function keep_audit_log_of_other_partitions');
    for (const statement of await statementsOf('init'))
      if (statement.includes('audit_log')) await client.query(statement);
    const insert = `insert into audit_log (id, at, event) select gen_random_uuid(), $1::timestamptz - n * interval '1 day', 'logged_in' from generate_series(0, 999) n`;
    await client.query(insert, [new Date()]);
    await client.query('begin');
    for (const statement of await statementsOf('audit_log_by_month')) await client.query(statement);
    await client.query('commit');
    await client.query(insert, [new Date()]);
    // An entry of a later month, before the worker has created its partition.
    await client.query(insert, [new Date(Date.now() + 62 * 86_400_000)]);
    const { rows } = await client.query(
      'select tableoid::regclass::text as partition, count(*)::int from audit_log group by 1 order by 2',
    );
    expect(rows.map(({ partition }) => partition)).toEqual(['audit_log_default', 'audit_log_legacy']);
    expect(rows.reduce((sum, { count }) => sum + Number(count), 0)).toBe(3000);
  } finally {
    await client.end();
    await database.drop();
  }
});
