import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';
import { getErrorShape } from '@trpc/server/unstable-core-do-not-import';
import { appRouter } from './app-router.ts';
import type { Context } from './context.ts';
import { type ProcedureDefinition, readProcedures } from './procedure-definitions.ts';
import { responseMeta } from './public-error.ts';

/** A request to the tRPC API, as HTTP carried it. */
export interface HttpCalls {
  readonly method: string;
  /** The names of the procedures, separated by commas. */
  readonly path: string;
  /** The parameter `batch`: with `1` there is an input and an answer for each procedure. */
  readonly batch: unknown;
  /** The inputs as JSON: a parameter of a GET, the body of a POST. */
  readonly inputs: unknown;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Iterable<[string, string]>;
  /** JSON. */
  readonly body: string;
}

type OnError = (error: TRPCError, path: string) => void;

interface KnownCall {
  readonly path: string;
  readonly definition: ProcedureDefinition;
  readonly input: unknown;
}

const METHODS = { query: 'GET', mutation: 'POST' } as const;
const definitions = readProcedures(appRouter);

const parseInputs = ({ method, inputs }: HttpCalls): { readonly value: unknown } | undefined => {
  if (inputs === undefined && method === 'GET') return { value: undefined };
  try {
    return typeof inputs === 'string' ? { value: JSON.parse(inputs) } : undefined;
  } catch {
    return undefined;
  }
};

/** One input for each procedure, or undefined when the inputs have another form. */
const splitInputs = (request: HttpCalls, names: readonly string[]): unknown[] | undefined => {
  const parsed = parseInputs(request);
  if (parsed === undefined) return undefined;
  if (request.batch !== '1') return [parsed.value];
  const { value: byIndex = {} } = parsed;
  if (typeof byIndex !== 'object' || byIndex === null || Array.isArray(byIndex)) return undefined;
  const inputs = new Map<string, unknown>(Object.entries(byIndex));
  return names.map((_, index) => inputs.get(`${index}`));
};

/** The calls of a request, or undefined when tRPC itself must say what is wrong with it. */
const readCalls = (request: HttpCalls): KnownCall[] | undefined => {
  // A parameter that was sent twice is a list.
  if (request.batch !== undefined && typeof request.batch !== 'string') return undefined;
  const names = request.batch === '1' ? request.path.split(',') : [request.path];
  const inputs = splitInputs(request, names);
  if (inputs === undefined) return undefined;
  const calls = names.flatMap((path, index) => {
    const definition = definitions.get(path);
    const isAllowed = definition !== undefined && METHODS[definition.type] === request.method;
    return isAllowed ? [{ path, definition, input: inputs[index] }] : [];
  });
  return calls.length === names.length ? calls : undefined;
};

/**
 * Answers a request whose calls are all known and well-formed in the way of tRPC's own adapter, which takes twice the
 * processor time: it builds a Request and a Response of the Fetch API and streams the body. Returns undefined, and runs
 * nothing, for every other request; tRPC's adapter answers that.
 */
export const answerCalls = async (
  request: HttpCalls,
  ctx: Context,
  onError: OnError,
): Promise<HttpAnswer | undefined> => {
  const calls = readCalls(request);
  if (calls === undefined) return undefined;
  const errors: TRPCError[] = [];
  const run = async ({ path, definition, input }: KnownCall) => {
    try {
      const data = await definition.call({ path, ctx, getRawInput: () => Promise.resolve(input) });
      return { status: 200, body: { result: { data } } };
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause);
      errors.push(error);
      onError(error, path);
      const { _config: config } = appRouter._def;
      const shape = getErrorShape({ config, error, ctx, input, path, type: definition.type });
      return { status: shape.data.httpStatus, body: { error: shape } };
    }
  };
  const results = await Promise.all(calls.map(run));
  const [first = 200, ...others] = new Set(results.map(({ status }) => status));
  const meta = responseMeta({ paths: calls.map(({ path }) => path), errors });
  const bodies = results.map(({ body }) => body);
  return {
    status: meta.status ?? (others.length > 0 ? 207 : first),
    headers: meta.headers ?? [],
    body: JSON.stringify(request.batch === '1' ? bodies : bodies[0]),
  };
};
