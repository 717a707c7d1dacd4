import { countsReporter } from '@moonlight/vitest-config';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,packages,tooling}/*/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['tooling/vitest/src/global-setup.ts'],
    reporters: ['default', countsReporter],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
