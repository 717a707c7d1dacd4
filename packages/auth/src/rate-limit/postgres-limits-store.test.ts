import { openDatabase } from '@moonlight/db';
import { createTestDatabase } from '@moonlight/db/testing';
import { describeLimitsStore } from '../testing/limits.suite.ts';
import { postgresLimitsStore } from './postgres-limits-store.ts';

describeLimitsStore('PostgreSQL', async (clock) => {
  const database = await createTestDatabase();
  const connect = () => openDatabase({ url: database.url, poolSize: 8, onError: () => undefined });
  const [one, two] = [connect(), connect()];
  return {
    replicas: [postgresLimitsStore(one.db, clock), postgresLimitsStore(two.db, clock)],
    close: async () => {
      await Promise.all([one.close(), two.close()]);
      await database.drop();
    },
  };
});
