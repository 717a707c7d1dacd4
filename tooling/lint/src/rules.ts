import type { DummyRuleMap } from 'oxlint';

/** Rules for every file, in addition to the categories `correctness` and `suspicious`. */
export const rules: DummyRuleMap = {
  // Size: a function fits on a screen, and a file can be read at once.
  'max-depth': ['error', { max: 3 }],
  'max-lines': ['error', { max: 250 }],
  'max-lines-per-function': ['error', { max: 60 }],
  'max-params': ['error', { max: 3 }],

  eqeqeq: 'error',
  'no-console': 'error',
  'no-else-return': 'error',
  'no-nested-ternary': 'error',
  'no-param-reassign': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'prefer-template': 'error',
  'import/no-cycle': 'error',
  'import/no-default-export': 'error',
  'import/no-duplicates': 'error',
  'node/no-process-env': 'error',
  'typescript/ban-ts-comment': 'error',
  'typescript/consistent-type-imports': 'error',
  'typescript/no-deprecated': 'error',
  'typescript/no-explicit-any': 'error',
  'typescript/no-import-type-side-effects': 'error',
  'typescript/no-misused-promises': 'error',
  'typescript/no-namespace': 'error',
  'typescript/no-non-null-assertion': 'error',
  'typescript/no-unsafe-argument': 'error',
  'typescript/no-unsafe-assignment': 'error',
  'typescript/no-unsafe-call': 'error',
  'typescript/no-unsafe-member-access': 'error',
  'typescript/no-unsafe-return': 'error',
  'typescript/only-throw-error': 'error',
  'typescript/prefer-readonly': 'error',
  'typescript/restrict-template-expressions': ['error', { allowNumber: true }],
  'typescript/return-await': ['error', 'in-try-catch'],
  'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  'unicorn/filename-case': ['error', { case: 'kebabCase' }],
  'unicorn/no-array-for-each': 'error',
  'unicorn/prefer-node-protocol': 'error',
  'unicorn/throw-new-error': 'error',

  // The contract counts code points, which is what spreading a string gives.
  'typescript/no-misused-spread': ['error', { allow: ['string'] }],
  // Control characters are refused on purpose.
  'no-control-regex': 'off',
  // The rule mistakes the postMessage of a BroadcastChannel, which has no target, for that of a window.
  'unicorn/require-post-message-target-origin': 'off',
  // These rules are for other code: Express handlers, browsers without modules, classic JSX.
  'import/no-named-as-default-member': 'off',
  'import/no-unassigned-import': 'off',
  'no-underscore-dangle': 'off',
  'oxc/no-async-endpoint-handlers': 'off',
  'promise/always-return': 'off',
  'react/react-in-jsx-scope': 'off',
  'unicorn/consistent-function-scoping': 'off',
};
