import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const SLOWEST = 20;

/** Seconds that a test file occupied a worker: import, hooks and tests. */
const secondsOf = (module: TestModule): number => {
  const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } = module.diagnostic();
  return (environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration) / 1000;
};

/** The slowest test files, the slowest first, one line each. */
const slowestFiles = (modules: readonly TestModule[]): string => {
  const rows = modules
    .map((module) => ({ module, seconds: secondsOf(module) }))
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST)
    .map(({ module: { project, moduleId }, seconds }) => {
      const file = relative(project.vitest.config.root, moduleId);
      return `${seconds.toFixed(1).padStart(7)} s  ${project.name.padEnd(9)}  ${file}`;
    });
  return `\nThe slowest ${rows.length} of ${modules.length} test files:\n${rows.join('\n')}\n`;
};

/** Ends a run with a table of its slowest files and, as the last line, `N passed, N failed` for programs to read. */
export const summaryReporter: Reporter = {
  onTestRunEnd: (modules, errors, reason) => {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const passed = states.filter((state) => state === 'passed').length;
    // A file that fails outside of its tests, or an error outside of all files, counts as one failure.
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0).length;
    const counted = states.filter((state) => state === 'failed').length + broken + errors.length;
    // Without any test, for example after a failed global setup, the run itself is the failure.
    const failed = counted === 0 && (reason !== 'passed' || modules.length === 0) ? 1 : counted;
    process.stdout.write(`${slowestFiles(modules)}\n${passed} passed, ${failed} failed\n`);
  },
};
