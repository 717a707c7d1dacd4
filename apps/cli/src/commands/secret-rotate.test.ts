import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { moonlight } from '../testing/moonlight.ts';

const SECRET_KEY = 'the new secret of a test that is long enough';
const SECRET_KEY_PREVIOUS = 'the old secret of a test that is long enough';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const run = (args: string, more: NodeJS.ProcessEnv = {}) =>
  moonlight(args, { DATABASE_URL: database.url, SECRET_KEY, SECRET_KEY_PREVIOUS, ...more });

test('secret rotate says what it sealed, and when the older secret can be removed', async () => {
  const { code, out } = await run('secret rotate');
  expect(code).toBe(0);
  expect(out).toMatch(/^Sealed anew: 0 signing keys, 0 mails\.\nNo session needs an older secret\.\n/);
  expect(out).toMatch(/SECRET_KEY_PREVIOUS can be removed without a loss from \d{4}-\d\d-\d\dT[\d:]+Z on\.$/);
  const { out: json } = await run('secret rotate --json');
  expect(JSON.parse(json)).toMatchObject({
    mails: { resealed: 0, unreadable: 0 },
    sessions: { count: 0, until: null },
  });
  expect(out + json).not.toMatch(/secret of a test/);
});

test('restore-check says what it ended and why', async () => {
  const { code, out } = await run('restore-check');
  expect(code).toBe(0);
  expect(out).toContain(
    '0 sessions (their refresh tokens are older than those of the clients; everyone logs in again)',
  );
  expect(JSON.parse((await run('restore-check --json')).out)).toMatchObject({ sessions: 0, mails: 0, signingKeys: 1 });
});

test('secret rotate ends with exit code 1 when no configured secret opens a pending mail', async () => {
  const pg = new Client({ connectionString: database.url });
  await pg.connect();
  await pg.query(`insert into outbox (id, kind, payload, created_at, due_at, expires_at)
    values (gen_random_uuid(), 'reset-code', 'sealed with a lost secret', now(), now(), now() + interval '1 hour')`);
  await pg.end();
  const { code, out } = await run('secret rotate');
  expect(code).toBe(1);
  expect(out).toContain('No configured secret opens 1 mails, which cannot be sent');
});
