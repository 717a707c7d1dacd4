import { createLocalizedDatabase, type TestDatabase } from '@moonlight/db/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkEmail, register } from '../registration/register.ts';
import { login } from '../sessions/login.ts';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { refusalOf } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

// In Turkish and Azerbaijani the lower case of I is ı, and the upper case of i is İ.
let database: TestDatabase;
let t: TestAuth;
beforeAll(async () => {
  database = await createLocalizedDatabase('tr');
  t = await createTestAuth({ database });
});
afterAll(async () => {
  await t.close();
  await database.drop();
});

const password = 'the quiet night';

test('the database of these tests follows the rules of Turkish', async () => {
  expect((await t.deps.db.execute(sql`select lower('I') as lower`)).rows).toEqual([{ lower: 'ı' }]);
});

test.each([
  { typed: 'INFO@EXAMPLE.IO', again: 'info@example.io', username: 'Iris' },
  { typed: 'lilli@example.org', again: 'LILLI@Example.org', username: 'lilli' },
])('$typed and $again are one email in a Turkish database too', async ({ typed, again, username }) => {
  await register(t.deps, { email: typed, username, password }, testRequest());
  for (const email of [typed, again]) {
    expect(await checkEmail(t.deps, { email }, testRequest())).toEqual({ exists: true });
    expect(await refusalOf(login(t.deps, { email, password }, testRequest()))).toBe('none');
    const other = register(t.deps, { email, username: 'other', password }, testRequest());
    expect(await refusalOf(other)).toBe('EMAIL_TAKEN');
  }
});

test('IBIS and ibis are one username in a Turkish database too', async () => {
  const registerAs = (username: string) =>
    refusalOf(register(t.deps, { email: `${username}@example.com`, username, password }, testRequest()));
  expect(await registerAs('IBIS_1')).toBe('none');
  expect(await registerAs('ibis_1')).toBe('EMAIL_TAKEN');
  const other = { email: 'other@example.com', username: 'ibis_1', password };
  expect(await refusalOf(register(t.deps, other, testRequest()))).toBe('USERNAME_TAKEN');
});
