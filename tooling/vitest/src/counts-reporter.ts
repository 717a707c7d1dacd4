import type { Reporter } from 'vitest/node';

/** Closes a run with one plain line, `N passed, N failed`, which any program can read. */
export const countsReporter: Reporter = {
  onTestRunEnd: (modules, errors) => {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const passed = states.filter((state) => state === 'passed').length;
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0).length;
    const failed = states.filter((state) => state === 'failed').length + broken + errors.length;
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  },
};
