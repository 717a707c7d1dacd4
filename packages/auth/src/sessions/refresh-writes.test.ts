import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { logIn, registerVerified } from '../testing/people.ts';
import { testRequest } from '../testing/test-inputs.ts';

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

test('a refresh writes no index: at least 95 % of the updates are HOT', async () => {
  const { person } = await registerVerified(t);
  // A backend reports its statistics at the latest when its connection ends.
  const replica = await createTestAuth({ database: t.database });
  // All versions of these rows fit into one page: a long transaction in another database can delay their removal.
  const tokens: string[] = [];
  while (tokens.length < 10) tokens.push((await logIn(replica, person)).refreshToken);
  for (let round = 0; round < 5; round += 1)
    for (const [index, refreshToken] of tokens.entries()) {
      replica.clock.advance(1);
      tokens[index] = (await replica.refresh({ refreshToken }, testRequest())).refreshToken;
    }
  await replica.close();
  const read = async () => {
    const { rows } = await t.deps.db.execute(
      sql`select n_tup_upd::int as updates, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = 'sessions'`,
    );
    return rows[0];
  };
  await expect.poll(read).toMatchObject({ updates: 50 });
  expect((await read())?.['hot']).toBeGreaterThanOrEqual(48);
});
