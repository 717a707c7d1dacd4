import { ConfigError } from '@moonlight/config';
import { migrate } from '@moonlight/db';
import { expect, test } from 'vitest';
import { startFailure } from './start-up.ts';

test('startFailure returns configuration errors unchanged', () => {
  expect(startFailure(new ConfigError(['PORT: must be a whole number']))).toContain('PORT: must be a whole number');
});

test('startFailure names DATABASE_URL if the database cannot be reached, without the password', async () => {
  const failure: unknown = await migrate('postgresql://moonlight:hunter2hunter2@127.0.0.1:1/moonlight').catch(
    (error: unknown) => error,
  );
  expect(startFailure(failure)).toMatch(/^The start failed: ECONNREFUSED.*DATABASE_URL\?$/);
  expect(startFailure(failure)).not.toContain('hunter2');
});
