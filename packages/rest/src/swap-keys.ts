import { swapCase, swapKnown } from './swap-case.ts';

// No schema goes deeper, and what strangers send may go on until the stack ends.
const DEEPEST = 8;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const swapKeys = (value: unknown, swap: (name: string) => string, depth: number): unknown => {
  if (!isObject(value) || depth > DEEPEST) return value;
  if (Array.isArray(value)) return value.map((item) => swapKeys(item, swap, depth + 1));
  const swapped: [string, unknown][] = [];
  for (const key in value) swapped.push([swap(key), swapKeys(value[key], swap, depth + 1)]);
  return Object.fromEntries(swapped);
};

/** A body from outside in the procedures' spelling. */
export const swapKeysIn = (body: unknown): unknown => swapKeys(body, swapCase, 0);

/** An answer in the door's spelling. */
export const swapKeysOut = (output: unknown): unknown => swapKeys(output, swapKnown, 0);
