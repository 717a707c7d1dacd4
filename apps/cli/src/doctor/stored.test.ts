import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { examined } from '../testing/examined.ts';
import { moonlight } from '../testing/moonlight.ts';

let database: TestDatabase;
let admin: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});
beforeEach(() => admin.query('delete from outbox; delete from signing_keys'));
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const insertMail = (fields: Readonly<Record<string, unknown>>) => {
  const row = {
    id: '019aa0b5-6f00-7000-8000-000000000001',
    kind: 'reset-link',
    state: 'pending',
    payload: 'sealed with another key',
    attempts: 0,
    created_at: new Date(),
    due_at: new Date(),
    expires_at: new Date(Date.now() + 3_600_000),
    ...fields,
  };
  const names = Object.keys(row);
  const places = names.map((_, index) => `$${index + 1}`);
  return admin.query(`insert into outbox (${names.join()}) values (${places.join()})`, Object.values(row));
};
const env = (more: NodeJS.ProcessEnv = {}) => ({ DATABASE_URL: database.url, ...more });
const found = (variable: string | null, seen: RegExp, advice: RegExp) =>
  expect.objectContaining({ variable, seen: expect.stringMatching(seen), advice: expect.stringMatching(advice) });

test('mails that no worker tries are found, those of the last minute are not', async () => {
  await insertMail({});
  expect((await examined(env(), { area: 'worker' })).faults).toEqual([]);
  await admin.query(`update outbox set created_at = now() - interval '2 minutes'`);
  const { faults } = await examined(env(), { area: 'worker' });
  expect(faults).toEqual([found(null, /no worker has tried 1 mail, the oldest since 20/, /Start a worker/)]);
});

test('mails that fail again and again are found with their error', async () => {
  await insertMail({ attempts: 6, last_error: 'ECONNREFUSED' });
  const { faults } = await examined(env(), { area: 'worker' });
  expect(faults).toEqual([found('MAIL_SERVER', /1 mail failed five times or more \(ECONNREFUSED\)/, /mail retry/)]);
});

test('a mail and a signing key that were sealed with another SECRET_KEY are found', async () => {
  expect((await examined(env(), { area: 'keys' })).faults).toEqual([]);
  await insertMail({});
  await admin.query(`insert into signing_keys values ('a', 'ES256', '{}', 'sealed', now(), now())`);
  const { faults } = await examined(env(), { area: 'keys' });
  expect(faults).toEqual([
    found('SECRET_KEY', /1 of 1 signing key cannot be opened/, /Set the SECRET_KEY/),
    found('SECRET_KEY', /1 waiting mail cannot be opened/, /Set the SECRET_KEY/),
  ]);
});

test('errors of the environment are named all at once, together with what is wrong with the servers', async () => {
  const { faults, text } = await examined(
    {
      APP_ENV: 'production',
      SECRET_KEY: 'changeme changeme changeme changeme changeme',
      DATABASE_URL: database.url,
      PUBLIC_URL: 'http://auth.example.com',
      MAIL_SERVER: '127.0.0.1',
      MAIL_PORT: '1',
      PORT: 'many',
      DATABSE_POOL_SIZE: '3',
    },
    { area: 'configuration' },
  );
  const variables = faults.map(({ variable }) => variable ?? '').toSorted((a, b) => a.localeCompare(b));
  expect(variables).toEqual(['DATABSE_POOL_SIZE', 'FRONTEND_URL', 'PORT', 'PUBLIC_URL', 'SECRET_KEY']);
  expect(text).toContain('127.0.0.1:1 cannot be reached');
  expect(text).not.toContain('changeme');
});

test('for people, each finding is a line with what to do, and the last line counts', async () => {
  const { code, out } = await moonlight(
    'doctor',
    env({ APP_ENV: 'test', SECRET_KEY: 'the secret of the tests of doctor' }),
  );
  expect(code).toBe(1);
  expect(out).toMatch(/^ok {5}configuration: all variables are valid for APP_ENV=test$/m);
  expect(out).toMatch(/^WRONG {2}mail: MAIL_SERVER: it is not set\n {7}→ Name an SMTP server/m);
  expect(out).toMatch(/\n1 thing is wrong\.$/);
});
