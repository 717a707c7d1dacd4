import { type ErrorCode, errorCatalogue, successMessages } from '@moonlight/contracts';
import { envelope } from '../procedure-handler.ts';
import type { Route } from '../route.ts';
import { errorExample } from './errors.ts';
import { examplesOf } from './example-of.ts';
import { type DescribedSchema, inDoorSpelling, type JsonSchema } from './json-schema.ts';

const header = (name: string) => ({ [name]: { $ref: `#/components/headers/${name}` } });

const pageContent = (route: Route | undefined) =>
  route?.page === true
    ? { 'text/html': { schema: { type: 'string' }, example: '<!doctype html><html lang="en">…</html>' } }
    : {};

/** A success: the envelope's schema, and an example for each sentence it may hold. */
export const successResponse = (route: Route, output: DescribedSchema) => {
  const data = inDoorSpelling(output.schema);
  const outputs = examplesOf(output);
  const messages = new Set(outputs.map((value) => successMessages[route.message(value)].en));
  const response = (schema: JsonSchema, examples: Readonly<Record<string, { value: unknown }>>) => ({
    description: [...messages].join(', or: '),
    headers: header('X-Request-Id'),
    content: { 'application/json': { schema, examples }, ...pageContent(route) },
  });
  if (route.envelope === false) return response(data, { challenge: { value: outputs[0] } });

  const beside = Object.keys(route.beside?.(outputs[0]) ?? {});
  const schema: JsonSchema = {
    type: 'object',
    properties: {
      code: { type: 'integer', const: 0 },
      message: { type: 'string', description: 'In the language of the reader' },
      ...Object.fromEntries(beside.map((name) => [name, { type: 'string' } satisfies JsonSchema])),
      data,
    },
    required: ['code', 'message', ...beside, 'data'],
  };
  const examples = outputs.map((value) => [route.message(value), { value: envelope(route, value, 'en') }] as const);
  return response(schema, Object.fromEntries(examples));
};

/** The refusals that share a status. */
export const errorResponse = (status: number, codes: readonly ErrorCode[], route?: Route) => ({
  description: codes.map((code) => `${code}: ${errorCatalogue[code].message.en}`).join('. '),
  headers: {
    ...header('X-Request-Id'),
    ...(status === 401 ? header('WWW-Authenticate') : {}),
    ...(status === 405 ? header('Allow') : {}),
    ...(codes.some((code) => 'retry_after' in errorExample(code)) ? header('Retry-After') : {}),
  },
  content: {
    'application/json': {
      schema: { $ref: '#/components/schemas/Error' },
      examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
    },
    ...pageContent(route),
  },
});
