import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importRules } from './import-rules.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'moonlight-import-rules-'));
  writeFileSync(join(folder, '.oxlintrc.json'), JSON.stringify({ overrides: importRules }));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Whether the import rules allow `code` in `file` of this repository. */
const isAllowed = (file: string, code: string): boolean => {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
  const { stdout } = spawnSync('oxlint', ['--format', 'unix', file], { cwd: folder, encoding: 'utf8' });
  rmSync(path);
  return !stdout.includes('no-restricted-imports');
};

test.each([
  ['the domain does not import a host', 'packages/auth/src/a.ts', `export { fastify } from 'fastify';`],
  ['the domain does not import an RPC library', 'packages/auth/src/a.ts', `export { initTRPC } from '@trpc/server';`],
  ['the domain does not import a queue', 'packages/auth/src/deep/er/a.ts', `export { Queue } from 'bullmq';`],
  ['only stores contain SQL', 'packages/auth/src/users/a.ts', `export { eq } from 'drizzle-orm';`],
  ['a store imports only what SQL needs', 'packages/auth/src/users/users-store.ts', `export { v7 } from 'uuid';`],
  [
    'a feature does not import the store of another',
    'packages/auth/src/credentials/a.ts',
    `export { revokeAllSessions } from '../sessions/sessions-store.ts';`,
  ],
  ['nor does the package itself', 'packages/auth/src/index.ts', `export { claim } from './outbox/outbox-store.ts';`],
  ['nor its types', 'packages/auth/src/credentials/a.ts', `export type { UserRow } from '../users/users-store.ts';`],
  [
    'a store does not import the store of another feature',
    'packages/auth/src/clean-up/clean-up-store.ts',
    `export { isExpired } from '../users/users-store.ts';`,
  ],
  [
    'the domain imports only types from the database',
    'packages/auth/src/a.ts',
    `export { migrate } from '@moonlight/db';`,
  ],
  ['contracts import only zod', 'packages/contracts/src/a.ts', `export { join } from 'node:path';`],
  ['the database does not import the domain', 'packages/db/src/a.ts', `export { AuthError } from '@moonlight/auth';`],
  ['only the queue imports BullMQ', 'packages/trpc/src/a.ts', `export { Queue } from 'bullmq';`],
  ['only the email package imports nodemailer', 'apps/api/src/a.ts', `export { createTransport } from 'nodemailer';`],
  ['the client does not import the server', 'packages/client/src/a.ts', `export { appRouter } from '@moonlight/trpc';`],
  ['apps do not import each other', 'apps/worker/src/a.ts', `export { buildServer } from '@moonlight/api';`],
  ['the frontend imports only the client', 'apps/web/src/a.ts', `export { createAuth } from '@moonlight/auth';`],
  ['a dynamic import is checked, too', 'packages/auth/src/a.ts', `export const late = () => import('fastify');`],
])('%s', (_rule, file, code) => {
  expect(isAllowed(file, code)).toBe(false);
});

test.each([
  ['packages/auth/src/deps.ts', `import type { Database } from '@moonlight/db'; export type D = Database;`],
  ['packages/auth/src/a/b.ts', `export { transaction, type Tx } from '@moonlight/db';`],
  ['packages/auth/src/users/users.ts', `export { insertUserRow } from './users-store.ts';`],
  ['packages/auth/src/index.ts', `export { memoryLimitsStore } from './rate-limit/memory-limits-store.ts';`],
  ['packages/auth/src/users/users-store.ts', `export { sql } from 'drizzle-orm/pg-core/deeper';`],
  ['packages/auth/src/a/b/c.ts', `export { d } from '../../d/e/f.ts';`],
  ['packages/auth/src/a.test.ts', `export { test } from 'vitest';`],
  ['packages/client/src/a.ts', `export type { AppRouter } from '@moonlight/trpc';`],
])('%s may contain %s', (file, code) => {
  expect(isAllowed(file, code)).toBe(true);
});
