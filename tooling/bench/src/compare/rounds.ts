import type { Sample } from './load.ts';

/** One measured operation. `bound`: the contender it is compared with; `wanted`: the least ratio to it. */
export interface Contender {
  readonly name: string;
  readonly bound?: string;
  readonly wanted?: number;
  readonly run: () => Promise<Sample>;
}

/** The middle value, which a disturbed round does not change. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const ratio = (value: number): string => value.toFixed(2);

const printRow = (contender: Contender, samples: ReadonlyMap<string, readonly Sample[]>): void => {
  const own = samples.get(contender.name) ?? [];
  const bounds = samples.get(contender.bound ?? '') ?? [];
  // Within a round, because all of a round suffers from the same other work of the machine.
  const ratios = own.flatMap((sample, round) => {
    const bound = bounds[round];
    return bound === undefined ? [] : [sample.perSecond / bound.perSecond];
  });
  const spread = `${ratio(Math.min(...ratios))} to ${ratio(Math.max(...ratios))}`;
  const of = (pick: (sample: Sample) => number) => median(own.map(pick));
  const cells = [
    contender.name,
    of(({ perSecond }) => perSecond).toFixed(0),
    of(({ p50 }) => p50).toFixed(1),
    of(({ p99 }) => p99).toFixed(1),
    ...(ratios.length === 0 ? ['', '', ''] : [ratio(median(ratios)), spread, contender.bound ?? '']),
    contender.wanted === undefined ? '' : `≥ ${ratio(contender.wanted)}`,
  ];
  print(`| ${cells.join(' | ')} |`);
};

/**
 * Measures the contenders in turn, `rounds` times after one round to warm up, and prints a table: medians, and the ratio to
 * the bound of the same round with its spread.
 */
export const compare = async (
  title: string,
  contenders: readonly Contender[],
  { rounds }: { rounds: number },
): Promise<void> => {
  const samples = new Map(contenders.map(({ name }): [string, Sample[]] => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, run } of contenders) {
      process.stderr.write(`${title}, round ${round} of ${rounds}: ${name}\n`);
      const sample = await run();
      if (round > 0) samples.get(name)?.push(sample);
    }
  }
  print(`\n## ${title}\n`);
  print('| operation | per second | p50 ms | p99 ms | ratio | spread | to | wanted |');
  print('|---|---|---|---|---|---|---|---|');
  for (const contender of contenders) printRow(contender, samples);
};
