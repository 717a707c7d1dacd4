import { importRules, exceptions, rules } from '@moonlight/lint-config';
import { defineConfig } from 'oxlint';

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest', 'react', 'jsx-a11y'],
  categories: { correctness: 'error', suspicious: 'error' },
  env: { node: true, es2024: true },
  ignorePatterns: ['**/dist/**', '**/migrations/**', '**/*.gen.ts'],
  rules,
  overrides: [...importRules, ...exceptions],
});
