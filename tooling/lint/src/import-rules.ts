import type { OxlintOverride } from 'oxlint';

/**
 * What a part of the repository may import: `values` freely, `types` with `import type` only. Its own files are always allowed.
 * `turbo boundaries` checks the dependencies between packages by what package.json lists; these rules check every single
 * import, and keep each library inside the one package that uses it.
 */
interface ImportRule {
  readonly files: string;
  readonly values: readonly string[];
  readonly types?: readonly string[];
  /** The values that may be imported by name from a package of which otherwise only types may be. */
  readonly names?: readonly string[];
  readonly except?: readonly string[];
  /** Restrictions besides those on packages. */
  readonly patterns?: readonly ImportPattern[];
}

interface ImportPattern {
  readonly regex: string;
  readonly message: string;
}

const TESTS = ['**/*.test.ts', '**/*.test.tsx', '**/*.suite.ts', '**/testing.ts', '**/testing/**'];

// `./rate-limit/` is left out: its stores are interchangeable implementations of one interface, which the package exports.
// The linter's regular expressions have no look-ahead, so the folder is excluded by its first two letters.
const OWN_STORES: ImportPattern = {
  regex: '^(?:\\.\\./.*|\\./(?:[^r/]|r[^a/])[^/]*/.*)-store\\.ts$',
  message: 'A store is imported by its own feature only: call a function of the other feature instead.',
};

const RULES: readonly ImportRule[] = [
  { files: 'packages/contracts/src/**', values: ['zod'] },
  { files: 'packages/config/src/**', values: ['node:*', '@oslojs/encoding', 'ipaddr.js', 'zod'] },
  { files: 'packages/db/src/**', values: ['node:*', 'drizzle-orm', 'pg'] },
  {
    files: 'packages/auth/src/**',
    values: [
      'node:*',
      '@moonlight/contracts',
      '@node-rs/argon2',
      '@oslojs/encoding',
      'altcha-lib',
      'bowser',
      'ecdsa-sig-formatter',
      'ipaddr.js',
      'jose',
      'lru-cache',
      'uuid',
      'zod',
    ],
    types: ['@moonlight/db'],
    names: ['isDatabaseUnavailable', 'pipelined', 'transaction', 'violatedUniqueIndex'],
    except: ['**/*-store.ts'],
    patterns: [OWN_STORES],
  },
  {
    files: 'packages/auth/src/**/*-store.ts',
    values: ['node:*', '@moonlight/contracts', '@moonlight/db', 'drizzle-orm', 'lru-cache'],
    patterns: [OWN_STORES],
  },
  { files: 'packages/embedded-postgres/src/**', values: ['node:*', '@oslojs/encoding', 'pg'] },
  { files: 'packages/redis/src/**', values: ['node:*', 'ioredis'], types: ['@moonlight/auth'] },
  {
    files: 'packages/queue/src/**',
    values: ['node:*', '@moonlight/redis', 'bullmq', 'pg'],
    types: ['@moonlight/auth'],
  },
  {
    // MailRefusedError of the domain is a value.
    files: 'packages/email/src/**',
    values: [
      'node:*',
      '@moonlight/auth',
      '@moonlight/contracts',
      'html-to-text',
      'nodemailer',
      'react',
      'react-dom',
      'react-email',
    ],
  },
  {
    files: 'packages/trpc/src/**',
    values: ['node:*', '@moonlight/auth', '@moonlight/contracts', '@trpc/server', 'zod'],
  },
  {
    files: 'packages/rest/src/**',
    values: ['node:*', '@moonlight/contracts', '@moonlight/trpc', 'fastify', 'zod'],
    types: ['@moonlight/auth', '@trpc/server'],
  },
  {
    files: 'packages/client/src/**',
    values: ['@trpc/client', '@trpc/server'],
    types: ['@moonlight/contracts', '@moonlight/trpc'],
  },
  { files: 'packages/verify/src/**', values: ['jose'] },
  { files: 'packages/tracing/src/**', values: ['@opentelemetry/*'] },
  {
    files: 'packages/runtime/src/**',
    values: [
      'node:*',
      '@moonlight/{auth,config,contracts,db,email,queue,redis,tracing}',
      'pino',
      'pino-pretty',
      'prom-client',
      'rotating-file-stream',
    ],
  },
  {
    files: 'apps/api/src/**',
    values: [
      'node:*',
      '@moonlight/{auth,config,contracts,rest,runtime,trpc}',
      '@fastify/*',
      '@scalar/fastify-api-reference',
      '@trpc/server',
      'cookie',
      'fastify',
      'ipaddr.js',
      'negotiator',
      'prom-client',
    ],
  },
  { files: 'apps/worker/src/**', values: ['node:*', '@moonlight/{auth,config,contracts,runtime}', 'prom-client'] },
  {
    files: 'apps/cli/src/**',
    values: ['node:*', '@moonlight/{auth,config,db,email,runtime}', '@commander-js/extra-typings'],
  },
  { files: 'apps/web/server/**', values: ['node:*', '@fastify/static', 'fastify'] },
  {
    files: 'apps/web/src/**',
    values: [
      '@moonlight/client',
      '@tanstack/*',
      '@zxcvbn-ts/core',
      'altcha',
      'bowser',
      'react',
      'react-dom',
      'virtual:password-data',
      'wouter',
    ],
  },
];

const toOverride = (rule: ImportRule): OxlintOverride => {
  const { files, values, types = [], names = [], except = [], patterns = [] } = rule;
  const typesOnly = types.map((name) => ({
    regex: `^${name}(/|$)`,
    allowTypeImports: true,
    ...(names.length === 0 ? {} : { allowImportNames: [...names] }),
    message: `${files} takes only types from ${name}.`,
  }));
  const listed = `!{.,..,${[...values, ...types].join(',')}}`;
  const rest = {
    group: ['**', listed, `${listed}/**`],
    message: `${files} may not import this: see tooling/lint/src/import-rules.ts.`,
  };
  return {
    files: [files],
    excludeFiles: [...TESTS, ...except],
    rules: { 'no-restricted-imports': ['error', { patterns: [...typesOnly, ...patterns, rest] }] },
  };
};

/** Import directions as lint overrides, one for each rule. */
export const importRules: OxlintOverride[] = RULES.map(toOverride);
