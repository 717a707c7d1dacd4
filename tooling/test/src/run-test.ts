import { listenForStop, runCommand } from '@moonlight/build';
import { ensureTools } from './ensure-tools.ts';

/** The scripts of the root package.json that make up the check, cheap ones first; the last one prints the counts. */
const CHECKS = [
  'check:types',
  'lint',
  'check:format',
  'check:boundaries',
  'check:dead-code',
  'build',
  'check:tests',
] as const;

const title = (text: string): void => console.log(`\n━━ ${text} ${'━'.repeat(Math.max(0, 70 - text.length))}\n`);

/**
 * Runs every check, the later ones too when an earlier one fails: one run tells everything. Resolves with the exit code.
 * The tests come last, so that the output ends with the line that counts them.
 */
export const runTest = async (): Promise<number> => {
  const { asked: signal } = listenForStop();
  const failed: string[] = [];
  await ensureTools(signal);
  for (const [index, check] of CHECKS.entries()) {
    if (signal.aborted) break;
    title(`${index + 1}/${CHECKS.length} ${check}`);
    if (check === 'check:tests' && failed.length > 0) console.log(`Failed so far: ${failed.join(', ')}.\n`);
    const env = { CI: 'true', TURBO_TELEMETRY_DISABLED: '1' };
    if (!(await runCommand({ file: 'pnpm', args: ['run', '--silent', check], env, signal }))) failed.push(check);
  }
  if (signal.aborted) console.log('\nCalled off.');
  return failed.length === 0 && !signal.aborted ? 0 : 1;
};
