import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { TestProjectInlineConfiguration } from 'vitest/config';

/** The kinds of tests, those with the longest files first: the order in which a run starts them. */
export const PROJECTS = ['browser', 'processes', 'database', 'unit', 'timing'] as const;
type ProjectName = (typeof PROJECTS)[number];

const ROOT = join(import.meta.dirname, '..', '..', '..');

// Test files of these folders start servers or other processes and mostly wait for them.
const STARTS_PROCESSES =
  /^(?:tooling\/(?:chaos|e2e|start)|packages\/(?:email\/src\/smtp|embedded-postgres|queue|redis|runtime))\//;

// Helpers that open a database are in files or folders called `testing`.
const IMPORTS_DATABASE = /from '[^']*\btesting\b|TEST_DATABASE_URL/;

const projectOf = (file: string): ProjectName => {
  if (file.endsWith('-timing.test.ts')) return 'timing';
  if (file.startsWith('tooling/e2e/browser/')) return 'browser';
  if (STARTS_PROCESSES.test(file)) return 'processes';
  return IMPORTS_DATABASE.test(readFileSync(join(ROOT, file), 'utf8')) ? 'database' : 'unit';
};

// Tests wait for PostgreSQL, processes and pauses much of the time, so that one more worker than cores keeps all cores busy.
const WORKERS = availableParallelism() + 1;

/** What all tests share. */
export const testOptions = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // On a busy machine a condition may take this long to hold. One that never holds fails with its last error.
  expect: { poll: { timeout: 25_000, interval: 25 } },
};

/**
 * Sorts the test files of the repository into projects by what they need: `vitest run --project unit` needs no database.
 * All projects share the workers, except `timing`: its files compare durations, so each of them runs alone at the end.
 */
export const testProjects = (): TestProjectInlineConfiguration[] => {
  const files = globSync('{apps,packages,tooling}/*/**/*.test.{ts,tsx}', {
    cwd: ROOT,
    exclude: ['**/node_modules/**', '**/dist/**'],
  });
  const byProject = Object.groupBy(files, projectOf);
  return PROJECTS.flatMap((name) => {
    const include = byProject[name];
    if (include === undefined) return [];
    const isAlone = name === 'timing';
    // Their files import much and run shortly, so those of a worker share their modules.
    const isolate = name !== 'database' && name !== 'unit';
    const workers = { maxWorkers: isAlone ? 1 : WORKERS, sequence: { groupOrder: isAlone ? 1 : 0 } };
    return [{ root: ROOT, test: { ...testOptions, ...workers, isolate, name, include } }];
  });
};
