import { defineConfig } from 'vitest/config';
// By path: what the root depends on counts as a dependency of every package, and this room stands on most of them.
import { countsReporter } from './tooling/vitest/src/index.ts';

export default defineConfig({
  test: {
    include: ['{apps,packages,tooling}/*/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['tooling/vitest/src/global-setup.ts'],
    reporters: ['default', countsReporter],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition is waited for as long as a busy machine may take; what never comes fails with its last complaint.
    expect: { poll: { timeout: 25_000, interval: 25 } },
  },
});
