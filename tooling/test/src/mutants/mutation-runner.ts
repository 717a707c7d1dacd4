import { dirname, join, relative } from 'node:path';
import { repositoryRoot } from '@moonlight/build';
import { testOptions } from '@moonlight/vitest-config';
import { BaseSequencer, createVitest, type TestSpecification } from 'vitest/node';
import type { Mutation } from './find-mutations.ts';

/** Runs the tests of a package against mutations of its sources, without changing a file. */
export interface MutationRunner extends AsyncDisposable {
  /** Runs the tests, with the mutation if there is one; resolves with whether all passed. */
  readonly passes: (mutation?: Mutation) => Promise<boolean>;
}

const GLOBAL_SETUP = join(repositoryRoot, 'tooling', 'vitest', 'src', 'global-setup.ts');
// A mutation may make a test wait for something that never happens.
const TIMEOUTS = { testTimeout: 10_000, hookTimeout: 20_000 };

const withMutation = (code: string, { start, end, after }: Mutation): string =>
  code.slice(0, start) + after + code.slice(end);

/** Starts a PostgreSQL and the test runner for a package, given by its folder relative to the repository's root. */
export const startMutationRunner = async (folder: string): Promise<MutationRunner> => {
  let current: Mutation | undefined;
  /** The tests beside the mutated file run first: they are the most likely to fail. */
  class NearestFirst extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const isNear = ({ moduleId }: TestSpecification): boolean =>
        current !== undefined && dirname(moduleId) === dirname(current.file);
      return [...files.filter(isNear), ...files.filter((file) => !isNear(file))];
    }
  }
  const plugin = {
    name: 'moonlight-mutation',
    enforce: 'pre' as const,
    transform: (code: string, id: string) =>
      current !== undefined && id === current.file ? withMutation(code, current) : undefined,
  };
  const vitest = await createVitest(
    {
      ...testOptions,
      ...TIMEOUTS,
      config: false,
      root: repositoryRoot,
      watch: false,
      // A cached transformation would not contain the mutation.
      fsModuleCache: false,
      include: [`${folder}/src/**/*.test.ts`],
      // Comparing durations says nothing while other tests run.
      exclude: ['**/*-timing.test.ts'],
      globalSetup: [GLOBAL_SETUP],
      reporters: [{}],
      sequence: { sequencer: NearestFirst },
      // One failure is enough.
      bail: 1,
    },
    { plugins: [plugin] },
  );
  const specifications = await vitest.globTestSpecifications();
  if (specifications.length === 0) throw new Error(`There are no tests in ${relative(repositoryRoot, folder)}.`);
  return {
    passes: async (mutation) => {
      const changed = [current, mutation].flatMap((each) => (each === undefined ? [] : [each.file]));
      current = mutation;
      for (const file of changed) vitest.invalidateFile(file);
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications, true);
      return unhandledErrors.length === 0 && testModules.every((module) => module.ok());
    },
    [Symbol.asyncDispose]: () => vitest.close(),
  };
};
