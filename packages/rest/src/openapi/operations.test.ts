import { extraProcedures } from '@moonlight/trpc/testing';
import { expect, test } from 'vitest';
import { offeredRoutes } from '../routes.ts';
import { buildDocument } from './build-document.ts';
import { describeProcedure } from './operations.ts';
import { procedureDefinition } from '@moonlight/trpc';
import type { Route } from '../route.ts';

const SECURITY = { required: [{ bearer: [] }], optional: [{ bearer: [] }, {}], none: [] };

test('the document says of every operation whether it needs a session, as its procedure does', () => {
  const { paths } = buildDocument();
  for (const { path, route } of offeredRoutes) {
    const { authentication } = procedureDefinition(path);
    for (const [method, url] of route.doors)
      expect(paths).toMatchObject({
        [`/api/v1/auth${url}`]: { [method.toLowerCase()]: { security: SECURITY[authentication] } },
      });
  }
});

test('a new procedure needs no entry of its own for that, neither for the bearer errors', () => {
  const route: Route = {
    doors: [['GET', '/extra']],
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
