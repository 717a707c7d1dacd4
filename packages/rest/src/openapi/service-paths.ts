import type { Tag } from '../route.ts';
import type { JsonSchema } from './json-schema.ts';
import { errorResponse } from './responses.ts';

const TAG: Tag = 'Service';

const answer = (description: string, schema: JsonSchema, example: unknown) => ({
  description,
  content: { 'application/json': { schema, example } },
});

const statusSchema = (status: string): JsonSchema => ({
  type: 'object',
  properties: { status: { type: 'string', const: status } },
  required: ['status'],
});

const unavailable: JsonSchema = {
  type: 'object',
  properties: {
    status: { type: 'string', const: 'unavailable' },
    unavailable: { type: 'array', items: { type: 'string' } },
  },
  required: ['status', 'unavailable'],
};

const keySet: JsonSchema = {
  type: 'object',
  properties: { keys: { type: 'array', items: { type: 'object', additionalProperties: true } } },
  required: ['keys'],
};

const operation = (
  words: { operationId: string; summary: string; description: string },
  responses: Readonly<Record<string, unknown>>,
) => ({
  get: {
    ...words,
    tags: [TAG],
    security: [],
    responses: {
      ...responses,
      405: errorResponse(405, ['METHOD_NOT_ALLOWED']),
      500: errorResponse(500, ['INTERNAL_ERROR']),
    },
  },
});

/** What surrounds the account system and is no procedure. */
export const servicePaths = {
  '/health': operation(
    {
      operationId: 'health',
      summary: 'Whether the process lives',
      description: 'Asks nothing else: restart it when this fails.',
    },
    { 200: answer('It lives.', statusSchema('healthy'), { status: 'healthy' }) },
  ),
  '/health/ready': operation(
    {
      operationId: 'healthReady',
      summary: 'Whether it can serve',
      description: 'Database and queue answer. Send it no requests while this fails.',
    },
    {
      200: answer('It can.', statusSchema('ready'), { status: 'ready' }),
      503: answer('It cannot; what does not answer is named.', unavailable, {
        status: 'unavailable',
        unavailable: ['database'],
      }),
    },
  ),
  '/.well-known/jwks.json': operation(
    {
      operationId: 'jwks',
      summary: 'The keys that verify access tokens',
      description:
        'A JSON Web Key Set (RFC 7517). May be kept for five minutes. Empty where tokens are signed with a shared secret.',
    },
    {
      200: answer('The public keys.', keySet, {
        keys: [
          {
            kty: 'EC',
            crv: 'P-256',
            x: '…',
            y: '…',
            kid: '019aa0b5-6f00-7000-8000-000000000002',
            alg: 'ES256',
            use: 'sig',
          },
        ],
      }),
    },
  ),
};
