import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const FOLDER = join(import.meta.dirname, 'migrations');
// Older ones were released before this check existed.
const FIRST_CHECKED = '0010';

interface Journal {
  readonly entries: readonly { readonly tag: string; readonly when: number }[];
}

const isJournal = (value: unknown): value is Journal =>
  value instanceof Object && 'entries' in value && Array.isArray(value.entries);

const readJournal = (): Journal => {
  const value: unknown = JSON.parse(readFileSync(join(FOLDER, 'meta', '_journal.json'), 'utf8'));
  if (!isJournal(value)) throw new Error('the journal has no entries');
  return value;
};

const RULES: readonly (readonly [pattern: RegExp, problem: string])[] = [
  [/\bdrop\s+(?:column|table|function|type|view|schema)\b/i, 'removes what the version before may use'],
  [/\brename\b/i, 'renames what the version before may use'],
  [/\balter\s+column\s+\S+\s+(?:set\s+data\s+)?type\b/i, 'changes a type: rewrites and locks the table'],
  [/\bset\s+not\s+null\b/i, 'refuses rows that the version before may write'],
  [/\badd\s+column\b(?=.*\bnot\s+null\b)(?!.*\bdefault\b)/is, 'refuses rows that the version before writes'],
  [
    /\badd\s+constraint\b(?!.*\bnot\s+valid\b)/is,
    'checks the whole table under a lock, and may refuse rows of the version before',
  ],
  [/\bset\s+(?:un)?logged\b/i, 'rewrites and locks the table'],
  [/^(?:update|delete\s+from|truncate)\b/i, 'changes rows of a whole table in one transaction'],
];
const INDEX = /\bcreate\s+(?:unique\s+)?index\b.*?\bon\s+"?(\w+)"?/is;
const NEW_TABLE = /\bcreate\s+(?:unlogged\s+)?table\s+"?(\w+)"?/gi;

/**
 * The statements of a migration that are not safe while the version before serves, each with its problem. A comment that
 * begins with `-- Safe:` before a statement says why that one is. What concerns only tables that the migration creates is safe.
 */
const unsafeStatements = (migration: string): string[] => {
  const created = new Set([...migration.matchAll(NEW_TABLE)].map(([, name]) => name));
  return migration.split('--> statement-breakpoint').flatMap((chunk) => {
    if (/^-- Safe: \S/m.test(chunk)) return [];
    const statement = chunk.replaceAll(/^\s*--.*$/gm, '').trim();
    const [, altered = ''] = /^alter\s+table\s+(?:only\s+)?"?(\w+)"?/i.exec(statement) ?? [];
    if (created.has(altered)) return [];
    const problems = RULES.filter(([pattern]) => pattern.test(statement)).map(([, problem]) => problem);
    const [, indexed] = INDEX.exec(statement) ?? [];
    if (indexed !== undefined && !created.has(indexed))
      problems.push('writes to the table wait while the index is built');
    return problems.map((problem) => `${statement.split('\n')[0]}: ${problem}`);
  });
};

describe('a migration is not safe for the version before if it', () => {
  test.each([
    ['removes a column', 'ALTER TABLE "users" DROP COLUMN "ip";'],
    ['removes a table', 'DROP TABLE "limits";'],
    ['renames a column', 'ALTER TABLE "users" RENAME COLUMN "a" TO "b";'],
    ['changes a type', 'ALTER TABLE "users" ALTER COLUMN "a" SET DATA TYPE bigint;'],
    ['requires a value', 'ALTER TABLE "users" ALTER COLUMN "a" SET NOT NULL;'],
    ['adds a column that requires a value', 'ALTER TABLE "users" ADD COLUMN "a" text NOT NULL;'],
    ['adds a constraint', 'ALTER TABLE "users" ADD CONSTRAINT "c" CHECK (a > 0);'],
    ['builds an index on an old table', 'CREATE UNIQUE INDEX "i" ON "users" USING btree ("a");'],
    ['changes all rows', 'UPDATE users SET a = 1;'],
    ['does so in a later statement', 'SELECT 1;--> statement-breakpoint\nDROP TABLE "limits";'],
  ])('%s', (_what, migration) => {
    expect(unsafeStatements(migration)).toHaveLength(1);
  });
});

describe('a migration is safe for the version before if it', () => {
  test.each([
    ['adds a column', 'ALTER TABLE "users" ADD COLUMN "a" text;'],
    ['adds a column with a default', 'ALTER TABLE "users" ADD COLUMN "a" integer DEFAULT 0 NOT NULL;'],
    [
      'creates a table with an index',
      'CREATE TABLE "t" ("id" uuid);--> statement-breakpoint\nCREATE INDEX "i" ON "t" ("id");',
    ],
    ['says why', '-- Safe: no version has used it since 0.2.\nDROP INDEX "i";--> statement-breakpoint\nSELECT 1;'],
  ])('%s', (_what, migration) => {
    expect(unsafeStatements(migration)).toEqual([]);
  });
});

const checked = readJournal().entries.filter(({ tag }) => tag >= FIRST_CHECKED);

test.each(checked.map(({ tag }) => tag))('%s is safe while the version before serves', (tag) => {
  expect(unsafeStatements(readFileSync(join(FOLDER, `${tag}.sql`), 'utf8'))).toEqual([]);
});

test('migrations are in the order of their times, or databases would skip the later ones', () => {
  const times = readJournal().entries.map(({ when }) => when);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBe(times.length);
});
