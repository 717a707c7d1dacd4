import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { listenForStop, repositoryRoot, runCommand } from '@moonlight/build';
import { z } from 'zod';

const METRICS = ['lines', 'branches', 'functions'] as const;
type Metric = (typeof METRICS)[number];
const countsSchema = z.object({ total: z.number(), covered: z.number() });
const fileSchema = z.object({ lines: countsSchema, branches: countsSchema, functions: countsSchema });
const summarySchema = z.record(z.string(), fileSchema);
type Counts = z.infer<typeof fileSchema>;

// Code that runs in other processes is not measured, so the browser's tests would add nothing, and measuring costs time.
const PROJECTS = ['unit', 'database', 'processes'];
const REPORT = join(repositoryRoot, 'coverage');

/** `packages/auth` for a file of that package. */
const packageOf = (file: string): string => relative(repositoryRoot, file).split('/').slice(0, 2).join('/');

const percentOf = (files: readonly Counts[], metric: Metric): string => {
  const sum = (count: 'total' | 'covered'): number => files.reduce((total, file) => total + file[metric][count], 0);
  const percent = sum('total') === 0 ? 100 : (100 * sum('covered')) / sum('total');
  return `${percent.toFixed(1)} %`.padStart(11);
};

/** The coverage of every package, a line each. */
const renderTable = (summary: z.infer<typeof summarySchema>): string => {
  const files = Object.entries(summary).filter(([file]) => file !== 'total');
  const byPackage = Object.groupBy(files, ([file]) => packageOf(file));
  const rows = Object.entries(byPackage).toSorted(([a], [b]) => a.localeCompare(b));
  const line = (name: string, counts: readonly Counts[]): string =>
    name.padEnd(30) + METRICS.map((metric) => percentOf(counts, metric)).join('');
  const header = 'package'.padEnd(30) + METRICS.map((metric) => metric.padStart(11)).join('');
  const lines = rows.map(([name, entries = []]) =>
    line(
      name,
      entries.map(([, counts]) => counts),
    ),
  );
  return [
    header,
    ...lines,
    line(
      'all',
      files.map(([, counts]) => counts),
    ),
  ].join('\n');
};

/** Runs the tests with coverage and prints it per package; `coverage/index.html` has the details. Resolves with the exit code. */
export const runCoverage = async (): Promise<number> => {
  const { asked: signal } = listenForStop();
  const args = ['run', '--coverage', ...PROJECTS.flatMap((name) => ['--project', name])];
  const hasPassed = await runCommand({ file: 'vitest', args, signal });
  if (signal.aborted) return 1;
  const summary = summarySchema.parse(JSON.parse(await readFile(join(REPORT, 'coverage-summary.json'), 'utf8')));
  console.log(`\n${renderTable(summary)}\n\nDetails: ${join(REPORT, 'index.html')}`);
  return hasPassed ? 0 : 1;
};
