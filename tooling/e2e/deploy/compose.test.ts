import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '@moonlight/build';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { renderChart } from '../src/helm.ts';

const fileAt = (...path: string[]): Promise<string> => readFile(join(repositoryRoot, ...path), 'utf8');

const serviceSchema = z.looseObject({
  image: z.string(),
  read_only: z.literal(true),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  cap_drop: z.tuple([z.literal('ALL')]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  healthcheck: z.looseObject({}).optional(),
});
const composeSchema = z.looseObject({ services: z.record(z.string(), serviceSchema) });

const readServices = async () =>
  composeSchema.parse(parse(await fileAt('docker-compose.yml'), { merge: true })).services;

test('every container of docker-compose.yml is read-only and without privileges, and only loopback reaches it', async () => {
  const services = await readServices();
  expect(Object.keys(services).toSorted()).toEqual([
    'api-1',
    'api-2',
    'mail',
    'migrate',
    'postgres',
    'proxy',
    'redis',
    'web',
    'worker',
  ]);
  for (const { ports } of Object.values(services)) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('docker-compose.yml contains no secret, and only variables that exist', async () => {
  const { 'api-1': api, worker, migrate } = await readServices();
  const known = [...(await fileAt('.env.example')).matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
  for (const service of [api, worker, migrate]) {
    const { environment = {} } = service ?? {};
    expect(known).toEqual(expect.arrayContaining(Object.keys(environment)));
    for (const name of ['SECRET_KEY', 'DATABASE_URL', 'REDIS_URL', 'MAIL_PASSWORD'])
      expect(environment[name]).toMatch(/\$\{[A-Z_]+:[?-]/);
  }
});

const pathsSchema = z.object({
  spec: z.object({
    rules: z.tuple([z.object({ http: z.object({ paths: z.array(z.object({ path: z.string() })) }) })]),
  }),
});

test('the proxy of docker-compose.yml and the Ingress of the chart send the same paths to the API', async () => {
  const [, line = ''] = /@api path (.+)/.exec(await fileAt('deploy', 'compose', 'Caddyfile')) ?? [];
  const proxied = new Set(line.split(' ').map((path) => path.replace(/\/\*$/, '')));
  const url = 'https://accounts.example.com';
  const objects = await renderChart({
    publicUrl: url,
    frontendUrl: url,
    existingSecret: 'secrets',
    'ingress.enabled': 'true',
  });
  const { spec } = pathsSchema.parse(objects.find(({ kind }) => kind === 'Ingress'));
  const paths = spec.rules[0].http.paths.map(({ path }) => path);
  expect(paths.at(-1)).toBe('/');
  expect(new Set(paths.slice(0, -1))).toEqual(proxied);
});
