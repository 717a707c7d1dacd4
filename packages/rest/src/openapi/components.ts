import { errorCodes, errorExample } from './errors.ts';
import type { JsonSchema } from './json-schema.ts';

const error: JsonSchema = {
  type: 'object',
  description: 'Every refusal, whatever it is about.',
  properties: {
    code: { type: 'integer', description: 'The HTTP status', examples: [400] },
    message: { type: 'string', description: 'In the language of the reader', examples: ['Invalid input'] },
    error: { $ref: '#/components/schemas/ErrorCode' },
    request_id: { type: 'string', description: 'What the log knows this request by; also the header `X-Request-Id`' },
    details: {
      type: 'array',
      description: 'What is wrong with which field; of VALIDATION_FAILED',
      items: { $ref: '#/components/schemas/ValidationDetail' },
    },
    retry_after: { type: 'integer', minimum: 1, description: 'Seconds to wait; also the header `Retry-After`' },
  },
  required: ['code', 'message', 'error', 'request_id'],
};

const validationDetail: JsonSchema = {
  type: 'object',
  properties: {
    path: { type: 'string', description: 'The field; empty for the input as a whole', examples: ['new_password'] },
    message: { type: 'string', examples: ['8 to 128 characters'] },
  },
  required: ['path', 'message'],
};

/** What operations share. */
export const sharedComponents = {
  schemas: {
    Error: error,
    ErrorCode: { type: 'string', enum: [...errorCodes], description: 'Never changes; `message` may.' },
    ValidationDetail: validationDetail,
  } satisfies Record<string, JsonSchema>,
  examples: Object.fromEntries(errorCodes.map((code) => [code, { value: errorExample(code) }])),
  headers: {
    'X-Request-Id': {
      description: 'The id of the request: the caller’s own where it is up to 64 of `A-Za-z0-9._-`.',
      schema: { type: 'string' },
      example: errorExample('INTERNAL_ERROR').request_id,
    },
    'WWW-Authenticate': {
      description: 'The scheme that is wanted (RFC 6750).',
      schema: { type: 'string', const: 'Bearer' },
      example: 'Bearer',
    },
    Allow: { description: 'The methods that are answered.', schema: { type: 'string' }, example: 'GET, HEAD' },
    'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 }, example: 42 },
  },
  securitySchemes: {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The access token of a login, a refresh or a registration with a code.',
    },
  },
};
