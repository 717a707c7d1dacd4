import type { FastifyRequest } from 'fastify';

const SNAKE = /^[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)+$/;
const CAMEL = /^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+$/;

const swapPart = (part: string): string => {
  if (SNAKE.test(part)) return part.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (CAMEL.test(part)) return part.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return part;
};

/**
 * The other spelling of a name: `new_password` for `newPassword` and vice versa; other names are returned unchanged. Swapping
 * twice returns the original name. So a request's `newPassword` becomes `new_password`, which the schema does not know, and
 * the validation error names the key as it was sent. Dotted paths are swapped part by part.
 */
export const swapCase = (name: string): string =>
  name.includes('.') ? name.split('.').map(swapPart).join('.') : swapPart(name);

// Our own answers have few names. The names in requests are unlimited and must not be cached.
const knownNames = new Map<string, string>();

/** Like swapCase, with a cache; only for names of our own schemas. */
const swapKnown = (name: string): string => {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const swapped = swapCase(name);
  knownNames.set(name, swapped);
  return swapped;
};

// No schema is nested deeper. Without a limit, a deeply nested body would overflow the stack.
const MAX_DEPTH = 8;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const swapKeys = (value: unknown, swap: (name: string) => string, depth: number): unknown => {
  if (!isObject(value) || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => swapKeys(item, swap, depth + 1));
  const swapped: [string, unknown][] = [];
  for (const key in value) swapped.push([swap(key), swapKeys(value[key], swap, depth + 1)]);
  return Object.fromEntries(swapped);
};

/** A request body in the spelling of the procedures (camelCase). */
export const swapKeysIn = (body: unknown): unknown => swapKeys(body, swapCase, 0);

/** An answer in the spelling of the REST API (snake_case). */
export const swapKeysOut = (output: unknown): unknown => swapKeys(output, swapKnown, 0);

/** A request to a route whose path may contain parameters. */
export type RestRequest = FastifyRequest<{ Params: Readonly<Record<string, string>> }>;

/**
 * The input that a request passes to its procedure: the body in the procedures' spelling, with the parameters of the path,
 * which win over fields of the same name. The query string is ignored. A body that is not an object is passed on unchanged,
 * and the procedure refuses it.
 */
export const readInput = ({ params, body }: RestRequest): unknown => {
  const input = swapKeysIn(body);
  if (Object.keys(params).length === 0) return input;
  if (input === undefined) return { ...params };
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? { ...input, ...params } : input;
};
