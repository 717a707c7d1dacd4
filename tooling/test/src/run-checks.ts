import { captureCommand, listenForStop, runCommand } from '@moonlight/build';
import { ensureTools } from './ensure-tools.ts';

// Scripts of the root package.json. Those of one list run at the same time; the last one of `npm test` prints the counts.
const STATIC_CHECKS = ['check:types', 'lint', 'check:format', 'check:boundaries', 'check:dead-code', 'build'] as const;
const QUICK_CHECKS = ['check:types', 'lint', 'check:units'] as const;
const TESTS = 'check:tests';

type Check = (typeof STATIC_CHECKS | typeof QUICK_CHECKS)[number] | typeof TESTS;

const commandOf = (check: Check, signal: AbortSignal) => ({
  file: 'pnpm',
  args: ['run', '--silent', check],
  env: { CI: 'true', TURBO_TELEMETRY_DISABLED: '1' },
  signal,
});

const printTitle = (text: string): void => console.log(`\n━━ ${text} ${'━'.repeat(Math.max(0, 70 - text.length))}\n`);

const secondsSince = (startedAt: number): string => ((performance.now() - startedAt) / 1000).toFixed(1);

/** Runs checks at the same time, prints each one's result when it ends, and resolves with the failed ones. */
const runTogether = async (checks: readonly Check[], signal: AbortSignal): Promise<Check[]> => {
  const startedAt = performance.now();
  const results = checks.map(async (check) => {
    const { hasSucceeded, output } = await captureCommand(commandOf(check, signal));
    printTitle(`${check} ${hasSucceeded ? 'passed' : 'FAILED'} after ${secondsSince(startedAt)} s`);
    if (output.trim() !== '') console.log(output.trim());
    return hasSucceeded ? [] : [check];
  });
  return (await Promise.all(results)).flat();
};

const exitCode = (failed: readonly Check[], signal: AbortSignal): number => {
  if (signal.aborted) console.log('\nStopped.');
  return failed.length === 0 && !signal.aborted ? 0 : 1;
};

/**
 * Runs every check, also after one has failed, so that one run shows all failures. Resolves with the exit code. The tests
 * run last and alone, so that the output ends with their counts and nothing slows them down.
 */
export const runAllChecks = async (): Promise<number> => {
  const { asked: signal } = listenForStop();
  await ensureTools(signal);
  const failed = await runTogether(STATIC_CHECKS, signal);
  if (!signal.aborted) {
    printTitle(TESTS);
    if (failed.length > 0) console.log(`Failed so far: ${failed.join(', ')}.\n`);
    if (!(await runCommand(commandOf(TESTS, signal)))) failed.push(TESTS);
  }
  return exitCode(failed, signal);
};

/** Runs the checks that take less than a minute: types, lint and unit tests. Resolves with the exit code. */
export const runQuickChecks = async (): Promise<number> => {
  const { asked: signal } = listenForStop();
  const startedAt = performance.now();
  const failed = await runTogether(QUICK_CHECKS, signal);
  printTitle(failed.length === 0 ? 'all passed' : `FAILED: ${failed.join(', ')}`);
  console.log(`${secondsSince(startedAt)} s`);
  return exitCode(failed, signal);
};
