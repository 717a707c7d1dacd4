import { readFileSync } from 'node:fs';
import { procedureDefinition } from '@moonlight/trpc';
import { z } from 'zod';
import { tags } from '../route.ts';
import { offeredRoutes } from '../routes.ts';
import { describeProcedure } from './operations.ts';
import { errorCodes, errorExample } from './responses.ts';
import type { JsonSchema } from './schemas.ts';
import { servicePaths } from './service-paths.ts';

const PREFIX = '/api/v1/auth';

const DESCRIPTION = `REST API for accounts, sessions and email verification. TypeScript users: see \`@moonlight/client\`.

Every path below \`${PREFIX}\` also exists below \`/api/auth\`. A trailing slash is ignored.

Success: \`{ "code": 0, "message", "data" }\`. Error: \`{ "code": <HTTP status>, "message", "error", "request_id" }\`, plus \`details\`
for invalid fields and \`retry_after\` (seconds) for limits. \`message\` follows \`Accept-Language\` (English and Simplified
Chinese); \`error\` never changes. Errors that no operation lists, such as 404 and 405 (with \`Allow\`), have the same shape.
Unknown fields are refused. Query strings are ignored.`;

const error: JsonSchema = {
  type: 'object',
  description: 'The shape of every error.',
  properties: {
    code: { type: 'integer', description: 'The HTTP status', examples: [400] },
    message: { type: 'string', description: 'In the language of the caller', examples: ['Invalid input'] },
    error: { $ref: '#/components/schemas/ErrorCode' },
    request_id: { type: 'string', description: 'The id of this request in the log; also the header `X-Request-Id`' },
    details: {
      type: 'array',
      description: 'The invalid fields; only with VALIDATION_FAILED',
      items: { $ref: '#/components/schemas/ValidationDetail' },
    },
    deletes_at: {
      type: 'string',
      format: 'date-time',
      description: 'When the account will be erased, for ACCOUNT_DELETION_PENDING',
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

const components = {
  schemas: {
    Error: error,
    ErrorCode: { type: 'string', enum: [...errorCodes], description: 'Never changes; `message` may.' },
    ValidationDetail: validationDetail,
  } satisfies Record<string, JsonSchema>,
  examples: Object.fromEntries(errorCodes.map((code) => [code, { value: errorExample(code) }])),
  headers: {
    'X-Request-Id': {
      description: 'The id of the request: the caller’s own if it has up to 64 characters of `A-Za-z0-9._-`.',
      schema: { type: 'string' },
      example: errorExample('INTERNAL_ERROR').request_id,
    },
    'WWW-Authenticate': {
      description: 'The required authentication scheme (RFC 6750).',
      schema: { type: 'string', const: 'Bearer' },
      example: 'Bearer',
    },
    Allow: { description: 'The allowed methods.', schema: { type: 'string' }, example: 'GET, HEAD' },
    'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 }, example: 42 },
  },
  securitySchemes: {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'The access token that login, refresh and registration with a code return: a JWT (RFC 9068), with the claims `client_id` and `email_verified`.',
    },
  },
};

// The service is released under the version of this package. The document is generated before it is bundled.
const servicePackage = new URL('../../../../apps/api/package.json', import.meta.url);

const buildDocument = () => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(servicePackage, 'utf8')));
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Record<string, unknown> = { ...components.schemas };
  for (const { procedure, route } of offeredRoutes) {
    const described = describeProcedure(procedure, route, procedureDefinition(procedure));
    Object.assign(schemas, described.schemas);
    for (const { path, operation } of described.operations) {
      const [method, url] = path;
      paths[PREFIX + url] = { ...paths[PREFIX + url], [method.toLowerCase()]: operation };
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Moonlight',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The server of this document' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: { ...paths, ...servicePaths },
    components: { ...components, schemas },
  };
};

/** The file of the generated document. */
export const openapiFile = new URL('../../openapi.json', import.meta.url);

/** The OpenAPI 3.1 document of the REST API as JSON, generated from the schemas with which the procedures parse. */
export const renderDocument = (): string => `${JSON.stringify(buildDocument(), null, 2)}\n`;
