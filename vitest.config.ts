import { defineConfig } from 'vitest/config';
// By path: what the root depends on counts as a dependency of every package, and this package imports most of them.
import { LongestFirst, summaryReporter, testProjects } from './tooling/vitest/src/index.ts';

export default defineConfig({
  test: {
    projects: testProjects(),
    globalSetup: ['tooling/vitest/src/global-setup.ts'],
    reporters: ['default', summaryReporter],
    sequence: { sequencer: LongestFirst },
    coverage: {
      include: ['{apps,packages}/*/src/**/*.{ts,tsx}'],
      exclude: ['**/*.{test,suite,gen}.{ts,tsx}', '**/testing/**', '**/testing.ts'],
      // `npm run test:coverage` prints a table per package from it.
      reporter: ['json-summary', 'html'],
      reportOnFailure: true,
    },
  },
});
