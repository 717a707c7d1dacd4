import type { OxlintOverride } from 'oxlint';

/** Rules that are switched off, or stricter, in some files. */
export const exceptions: OxlintOverride[] = [
  {
    files: ['packages/auth/src/**'],
    excludeFiles: ['**/system.ts', '**/*.test.ts', '**/testing.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time is handed in: use the clock.' },
        { object: 'Math', property: 'random', message: 'Randomness is handed in.' },
      ],
    },
  },
  {
    // Only entry points and tools read the environment and write to the terminal.
    files: ['**/main.ts', '**/*.config.ts', '**/testing.ts', 'tooling/**', 'packages/embedded-postgres/src/**'],
    rules: { 'no-console': 'off', 'node/no-process-env': 'off' },
  },
  { files: ['**/*.config.ts', 'tooling/vitest/**'], rules: { 'import/no-default-export': 'off' } },
  {
    // A test reads answers of unknown shape, and its `describe` is as long as its cases.
    // A suite is a test that several packages run, each on its own implementation.
    files: ['**/*.test.ts', '**/*.test.tsx', '**/*.suite.ts', 'tooling/e2e/**'],
    rules: {
      'max-lines-per-function': 'off',
      'no-console': 'off',
      'node/no-process-env': 'off',
      'typescript/no-non-null-assertion': 'off',
      'typescript/no-unsafe-argument': 'off',
      'typescript/no-unsafe-assignment': 'off',
      'typescript/no-unsafe-call': 'off',
      'typescript/no-unsafe-member-access': 'off',
      'typescript/no-unsafe-return': 'off',
      'typescript/no-unsafe-type-assertion': 'off',
    },
  },
];
