import { readFile } from 'node:fs/promises';
import { procedureDefinition } from '@moonlight/trpc';
import { extraProcedures } from '@moonlight/trpc/testing';
import { expect, test } from 'vitest';
import type { Route } from '../route.ts';
import { offeredRoutes } from '../routes.ts';
import { openapiFile, renderDocument } from './document.ts';
import { describeProcedure } from './operations.ts';

test('the committed document is up to date (`npm run generate` updates it)', async () => {
  expect(await readFile(openapiFile, 'utf8')).toBe(renderDocument());
});

const SECURITY = { required: [{ bearer: [] }], optional: [{ bearer: [] }, {}], none: [] };

test('the security of each operation is that of its procedure', () => {
  const { paths } = JSON.parse(renderDocument());
  for (const { procedure, route } of offeredRoutes) {
    const { authentication } = procedureDefinition(procedure);
    for (const [method, url] of route.paths)
      expect(paths[`/api/v1/auth${url}`][method.toLowerCase()].security).toEqual(SECURITY[authentication]);
  }
});

test('a new protected procedure has the bearer scheme and its errors without an entry in the route', () => {
  const route: Route = {
    paths: [['GET', '/extra']],
    message: () => 'ok',
    tag: 'Accounts',
    summary: 'Extra',
    errors: [],
  };
  const described = [...extraProcedures].map(([path, procedure]) => describeProcedure(path, route, procedure));
  expect(described.map(({ operations }) => operations.map(({ operation }) => operation))).toMatchObject([
    [{ operationId: 'extraPublic', security: [], responses: { 200: {}, 500: {} } }],
    [{ operationId: 'extraProtected', security: [{ bearer: [] }], responses: { 200: {}, 401: {}, 403: {}, 500: {} } }],
  ]);
});
