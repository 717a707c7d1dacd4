import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { listenForStop, repositoryRoot } from '@moonlight/build';
import { findMutations, type Mutation } from './find-mutations.ts';
import { startMutationRunner } from './mutation-runner.ts';

const FOLDER = 'packages/auth';
const NOT_MUTATED = ['**/*.{test,suite,gen}.ts', '**/testing/**', '**/testing.ts', '**/index.ts'];

const wholeNumber = (name: string, value: string): number => {
  if (!/^\d{1,9}$/.test(value)) throw new Error(`--${name} must be a whole number, not ${value}.`);
  return Number(value);
};

/** `--sample` (mutants to try), `--seed` (of the random choice), `--max-survivors` (more of them fail the run). */
const readOptions = (args: string[]) => {
  const options = {
    sample: { type: 'string' },
    seed: { type: 'string' },
    'max-survivors': { type: 'string' },
  } as const;
  const { values } = parseArgs({ args, options });
  const sample = wholeNumber('sample', values.sample ?? process.env['MUTANTS'] ?? '20');
  return {
    sample,
    seed: wholeNumber('seed', values.seed ?? String(Math.floor(Math.random() * 1_000_000))),
    maxSurvivors: wholeNumber('max-survivors', values['max-survivors'] ?? String(Math.floor(sample / 10))),
  };
};

const allMutations = (): Mutation[] => {
  const files = globSync(`${FOLDER}/src/**/*.ts`, { cwd: repositoryRoot, exclude: NOT_MUTATED }).toSorted();
  const paths = files.map((file) => join(repositoryRoot, file));
  return paths.flatMap((file) => findMutations(file, readFileSync(file, 'utf8')));
};

/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32). */
const seededRandom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const result = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
    return ((result ^ (result >>> 14)) >>> 0) / 2 ** 32;
  };
};

const chooseRandomly = <T>(items: readonly T[], { sample, seed }: { sample: number; seed: number }): T[] => {
  const random = seededRandom(seed);
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .slice(0, sample)
    .map(({ item }) => item);
};

const oneLine = (text: string): string => {
  const short = text.replaceAll(/\s+/g, ' ');
  return short.length > 60 ? `${short.slice(0, 57)}...` : short;
};

const describe = ({ file, line, before, after }: Mutation): string =>
  `${relative(repositoryRoot, file)}:${line}  ${oneLine(before)}  →  ${after === ';' || after === '' ? '(removed)' : after}`;

/**
 * Changes random places of packages/auth, one at a time, and runs its own tests against each change. Prints which changes
 * the tests notice (killed) and which they do not (survived). Resolves with 1 when more survive than allowed.
 */
export const runMutants = async (args: string[]): Promise<number> => {
  const { asked } = listenForStop();
  const { sample, seed, maxSurvivors } = readOptions(args);
  const all = allMutations();
  const chosen = chooseRandomly(all, { sample, seed });
  console.log(`Trying ${chosen.length} of ${all.length} mutants of ${FOLDER} (--seed ${seed}).`);
  await using runner = await startMutationRunner(FOLDER);
  if (!(await runner.passes())) throw new Error(`The tests of ${FOLDER} fail without a mutant. Repair them first.`);
  const survivors: Mutation[] = [];
  for (const mutation of chosen) {
    const hasSurvived = await runner.passes(mutation);
    if (asked.aborted) return 1;
    if (hasSurvived) survivors.push(mutation);
    console.log(`${hasSurvived ? 'SURVIVED' : 'killed  '}  ${describe(mutation)}`);
  }
  console.log(
    `\n${chosen.length - survivors.length} killed, ${survivors.length} survived (${maxSurvivors} may survive)`,
  );
  for (const survivor of survivors) console.log(`  ${describe(survivor)}`);
  return survivors.length > maxSurvivors ? 1 : 0;
};
