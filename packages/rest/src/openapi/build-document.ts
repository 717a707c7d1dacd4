import { procedureDefinition } from '@moonlight/trpc';
import { tags } from '../route.ts';
import { offeredRoutes } from '../routes.ts';
import { sharedComponents } from './components.ts';
import { describeProcedure } from './operations.ts';
import { servicePaths } from './service-paths.ts';

const PREFIX = '/api/v1/auth';

const DESCRIPTION = `Accounts, sessions and mailed links for everyone who does not speak TypeScript. TypeScript has a typed client.

Everything below \`${PREFIX}\` also answers below \`/api/auth\`, and a trailing slash never matters.

A success is \`{ "code": 0, "message", "data" }\`, a refusal \`{ "code": <HTTP status>, "message", "error", "request_id" }\`, with
\`details\` where fields are wrong and \`retry_after\` where waiting helps. \`message\` follows \`Accept-Language\` (English and
Simplified Chinese); \`error\` never changes. That is also the shape of 404, 405 (with \`Allow\`) and everything else no
operation lists. Unknown fields are refused. Query strings are ignored.`;

/** The OpenAPI 3.1 document of the REST door, made from the schemas its procedures parse with. */
export const buildDocument = () => {
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Record<string, unknown> = { ...sharedComponents.schemas };
  for (const { path, route } of offeredRoutes) {
    const described = describeProcedure(path, route, procedureDefinition(path));
    Object.assign(schemas, described.schemas);
    for (const { door, operation } of described.operations) {
      const [method, url] = door;
      paths[PREFIX + url] = { ...paths[PREFIX + url], [method.toLowerCase()]: operation };
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Moonlight',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document came from' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: { ...paths, ...servicePaths },
    components: { ...sharedComponents, schemas },
  };
};
