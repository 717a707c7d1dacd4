import { z } from 'zod';
import { ask } from './ask.ts';

interface CallOptions {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

const answerSchema = z.object({
  result: z.object({ data: z.unknown() }).optional(),
  error: z.looseObject({ message: z.string(), data: z.looseObject({ error: z.string() }) }).optional(),
});

const read = ({ status, headers, text, body }: Awaited<ReturnType<typeof ask>>) => {
  const { result, error } = answerSchema.parse(body);
  return { status, headers, text, data: result?.data, error };
};

/** Calls a mutation at the tRPC door. */
export const mutate = async (
  url: string,
  path: string,
  { input, ...options }: CallOptions & { input?: unknown } = {},
) => read(await ask('POST', `${url}/trpc/${path}`, { body: input ?? {}, ...options }));

/** Calls a query at the tRPC door. */
export const query = async (
  url: string,
  path: string,
  { input, ...options }: CallOptions & { input?: unknown } = {},
) => {
  const search = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return read(await ask('GET', `${url}/trpc/${path}${search}`, options));
};
