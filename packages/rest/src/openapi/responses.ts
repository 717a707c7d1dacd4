import { type ErrorCode, errorCatalogue, isErrorCode, successMessages } from '@moonlight/contracts';
import { envelope } from '../procedure-handler.ts';
import type { Route } from '../route.ts';
import { type DescribedSchema, examplesOf, type JsonSchema, toRestSchema } from './schemas.ts';

const EXAMPLE_REQUEST_ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

const BEARER_ERRORS: readonly ErrorCode[] = [
  'MISSING_TOKEN',
  'TOKEN_EXPIRED',
  'TOKEN_INVALID',
  'USER_NOT_FOUND',
  'ACCOUNT_DISABLED',
];
const BODY_ERRORS: readonly ErrorCode[] = ['VALIDATION_FAILED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

const EXAMPLE_WAIT_SECONDS: Partial<Record<ErrorCode, number>> = { RATE_LIMITED: 42, OVERLOADED: 1 };

/** Every error code, in the order of the catalogue. */
export const errorCodes: readonly ErrorCode[] = Object.keys(errorCatalogue).filter(isErrorCode);

/** An example of an error's answer. */
export const errorExample = (error: ErrorCode) => {
  const { status, message } = errorCatalogue[error];
  const wait = EXAMPLE_WAIT_SECONDS[error];
  return {
    code: status,
    message: message.en,
    error,
    request_id: EXAMPLE_REQUEST_ID,
    ...(wait === undefined ? {} : { retry_after: wait }),
    ...(error === 'ACCOUNT_DELETION_PENDING' ? { deletes_at: '2026-11-27T09:05:00.000Z' } : {}),
    ...(error === 'VALIDATION_FAILED' ? { details: [{ path: 'email', message: 'must be an email address' }] } : {}),
  };
};

/** Every code with which an operation may answer, by status, in the order of the catalogue. */
export const errorsByStatus = (
  { errors }: Route,
  takes: { bearer: boolean; body: boolean; parameters: boolean },
): ReadonlyMap<number, readonly ErrorCode[]> => {
  const possible = new Set<ErrorCode>([
    ...errors,
    ...(takes.bearer ? BEARER_ERRORS : []),
    ...(takes.body ? BODY_ERRORS : []),
    ...(takes.parameters ? ['VALIDATION_FAILED' as const] : []),
    'OVERLOADED',
    'INTERNAL_ERROR',
  ]);
  return Map.groupBy(
    errorCodes.filter((code) => possible.has(code)),
    (code) => errorCatalogue[code].status,
  );
};

const header = (name: string) => ({ [name]: { $ref: `#/components/headers/${name}` } });

const pageContent = (route: Route | undefined) =>
  route?.page === true
    ? { 'text/html': { schema: { type: 'string' }, example: '<!doctype html><html lang="en">…</html>' } }
    : {};

/** The success response: the schema of the envelope, and an example for each message that it may contain. */
export const successResponse = (route: Route, output: DescribedSchema) => {
  const data = toRestSchema(output.schema);
  const outputs = examplesOf(output).map((value) => route.example?.(value) ?? value);
  const messages = new Set(outputs.map((value) => successMessages[route.message(value)].en));
  const response = (schema: JsonSchema, examples: Readonly<Record<string, { value: unknown }>>) => ({
    description: [...messages].join(', or: '),
    headers: header('X-Request-Id'),
    content: { 'application/json': { schema, examples }, ...pageContent(route) },
  });
  if (route.envelope === false) return response(data, { challenge: { value: outputs[0] } });

  const topLevel = Object.keys(route.topLevelFields?.(outputs[0]) ?? {});
  const schema: JsonSchema = {
    type: 'object',
    properties: {
      code: { type: 'integer', const: 0 },
      message: { type: 'string', description: 'In the language of the caller' },
      ...Object.fromEntries(topLevel.map((name) => [name, { type: 'string' } satisfies JsonSchema])),
      data,
    },
    required: ['code', 'message', ...topLevel, 'data'],
  };
  const examples = outputs.map((value) => [route.message(value), { value: envelope(route, value, 'en') }] as const);
  return response(schema, Object.fromEntries(examples));
};

/** The response for the errors of one status. */
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
