import type { Tag } from '../route.ts';
import { errorResponse } from './responses.ts';
import type { JsonSchema } from './schemas.ts';

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

const ready: JsonSchema = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['ready', 'degraded'] },
    degraded: { type: 'array', items: { type: 'string' } },
  },
  required: ['status'],
};

const unavailable: JsonSchema = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['unavailable', 'stopping'] },
    unavailable: { type: 'array', items: { type: 'string' } },
  },
  required: ['status', 'unavailable'],
};

const keySet: JsonSchema = {
  type: 'object',
  properties: { keys: { type: 'array', items: { type: 'object', additionalProperties: true } } },
  required: ['keys'],
};

const metadata: JsonSchema = {
  type: 'object',
  properties: {
    issuer: { type: 'string', format: 'uri' },
    jwks_uri: { type: 'string', format: 'uri' },
    id_token_signing_alg_values_supported: { type: 'array', items: { type: 'string', enum: ['ES256', 'HS256'] } },
  },
  required: ['issuer', 'jwks_uri', 'id_token_signing_alg_values_supported'],
};

const metadataResponse = {
  200: answer('The metadata.', metadata, {
    issuer: 'https://accounts.example.com',
    jwks_uri: 'https://accounts.example.com/.well-known/jwks.json',
    id_token_signing_alg_values_supported: ['ES256'],
  }),
};

const operation = (
  texts: { operationId: string; summary: string; description: string },
  responses: Readonly<Record<string, unknown>>,
) => ({
  get: {
    ...texts,
    tags: [TAG],
    security: [],
    responses: {
      ...responses,
      405: errorResponse(405, ['METHOD_NOT_ALLOWED']),
      500: errorResponse(500, ['INTERNAL_ERROR']),
    },
  },
});

/** The paths of the server that call no procedure. */
export const servicePaths = {
  '/health': operation(
    {
      operationId: 'health',
      summary: 'Liveness check',
      description: 'Answers if the process runs, and checks nothing else. Restart the process when this fails.',
    },
    { 200: answer('The process runs.', statusSchema('healthy'), { status: 'healthy' }) },
  ),
  '/health/ready': operation(
    {
      operationId: 'healthReady',
      summary: 'Readiness check',
      description:
        'Checks that the database answers. Send no requests to this process while this fails. `degraded` names what does not answer but is not needed for a call, such as the queue: mails are sent later then.',
    },
    {
      200: answer('The process can serve requests.', ready, { status: 'ready' }),
      503: answer(
        'The process stops, or cannot serve requests. `unavailable` names what does not answer.',
        unavailable,
        {
          status: 'unavailable',
          unavailable: ['database'],
        },
      ),
    },
  ),
  '/.well-known/jwks.json': operation(
    {
      operationId: 'jwks',
      summary: 'The keys that verify access tokens',
      description:
        'A JSON Web Key Set (RFC 7517). May be cached for five minutes. Empty if tokens are signed with a shared secret (HS256).',
    },
    {
      200: answer('The public keys.', keySet, {
        keys: [
          {
            kty: 'EC',
            crv: 'P-256',
            // RFC 7517, A.1.
            x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
            y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
            kid: '019aa0b5-6f00-7000-8000-000000000002',
            alg: 'ES256',
            use: 'sig',
          },
        ],
      }),
    },
  ),
  '/.well-known/oauth-authorization-server': operation(
    {
      operationId: 'authorizationServerMetadata',
      summary: 'Where verifiers of access tokens find the keys',
      description:
        'Authorization server metadata (RFC 8414) with the issuer, the address of the keys and the algorithm of access tokens. It names no endpoint for an authorization, because the service has none. May be cached for five minutes.',
    },
    metadataResponse,
  ),
  '/.well-known/openid-configuration': operation(
    {
      operationId: 'openidConfiguration',
      summary: 'The same, for verifiers that look here',
      description:
        'The same document as `/.well-known/oauth-authorization-server`. The service is no OpenID provider and issues no ID tokens. May be cached for five minutes.',
    },
    metadataResponse,
  ),
};
