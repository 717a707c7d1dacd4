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

test('the version is that of the service', async () => {
  const servicePackage = new URL('../../../../apps/api/package.json', import.meta.url);
  expect(JSON.parse(renderDocument()).info.version).toBe(JSON.parse(await readFile(servicePackage, 'utf8')).version);
});

test('the examples are answers that the service gives with its default configuration', () => {
  const { paths } = JSON.parse(renderDocument());
  const example = (operation: string, name: string, status = 200) => {
    const [method = '', path = ''] = operation.split(' ');
    const { content } = paths[`/api/v1/auth${path}`][method].responses[status];
    return content['application/json'].examples[name].value.data;
  };
  expect(example('post /register', 'registeredLinkSent', 201)).toMatchObject({
    user: { is_email_verified: false, email_verified_at: null },
    tokens: null,
  });
  expect(example('post /register', 'registered', 201)).toMatchObject({
    user: { is_email_verified: true, email_verified_at: expect.any(String) },
    tokens: { token_type: 'bearer' },
  });
  expect(example('post /email/verify/send', 'verificationSent')).toMatchObject({ expires_in: 900, retry_after: 60 });
  expect(example('post /send-code', 'codeSent')).toMatchObject({ expires_in: 600, retry_after: 60 });
  expect(example('post /password/reset/send', 'resetSent')).toMatchObject({ expires_in: 1800, retry_after: 60 });
  const [session] = example('get /sessions', 'ok');
  expect(Date.parse(session.expires_at) - Date.parse(session.last_used_at)).toBe(7 * 24 * 3_600_000);
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
