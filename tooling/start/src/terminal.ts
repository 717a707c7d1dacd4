import { styleText } from 'node:util';

/** What a person at the terminal reads. */
export interface Terminal {
  /** Something we have to say ourselves. */
  readonly say: (text: string) => void;
  /** Passes on one line of a process, named so that a reader can tell them apart. */
  readonly pass: (name: string, line: string) => void;
}

const NAME_WIDTH = 8;
const COLOURS = { postgres: 'blue', inbox: 'magenta', api: 'green', worker: 'yellow', web: 'cyan' } as const;

const isKnown = (name: string): name is keyof typeof COLOURS => name in COLOURS;

/** Writes to standard output; colours only where somebody sees them. */
export const openTerminal = (): Terminal => {
  // Whoever read our output may be gone. That is no reason to fall over in the middle of stopping things in order.
  process.stdout.on('error', () => undefined);
  const prefix = (name: string): string => {
    const padded = name.padEnd(NAME_WIDTH);
    return isKnown(name) ? styleText(COLOURS[name], padded, { stream: process.stdout }) : padded;
  };
  const write = (text: string): void => void process.stdout.write(`${text}\n`);
  return { say: write, pass: (name, line) => write(`${prefix(name)} | ${line}`) };
};
