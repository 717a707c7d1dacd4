import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { repositoryRoot } from '@moonlight/build';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { until } from '../src/concurrency.ts';
import { type Exposed, missingIn, readPages } from '../src/prometheus.ts';
import { restOf, tokensIn } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let stack: Stack;
let metricsUrl: string;
let exposed: Exposed;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  server.close();
  return port;
};
const read = (file: string): Promise<string> => readFile(join(repositoryRoot, file), 'utf8');

const { email, username, password } = {
  email: 'Selene@example.com',
  username: 'selene',
  password: 'selene sleeps until nine',
};

beforeAll(async () => {
  const port = await freePort();
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  stack = await startStack({ env: { METRICS_PORT: String(port), LOG_LEVEL: 'info' } });
  const rest = restOf(stack.url);
  await rest(
    'POST /api/v1/auth/register',
    { email, username, password },
    { headers: { 'x-request-id': 'first-registration' } },
  );
  await stack.mailsSettled();
  await rest('POST /api/v1/auth/login', { email, password: 'not her password' });
  const { access: token } = tokensIn(await rest('POST /api/v1/auth/login', { email, password }));
  await rest('GET /api/v1/auth/profile', undefined, { token });
  // A mail that is not due, so that the outbox has an unfinished one.
  await stack.sql.query(
    "insert into outbox (id, kind, created_at, due_at, expires_at) values (gen_random_uuid(), 'reset-link', now(), now() + interval '1 hour', now() + interval '2 hours')",
  );
  const pages = [metricsUrl, `${stack.workers[0]?.url}/metrics`].map(async (url) => (await fetch(url)).text());
  exposed = readPages(await Promise.all(pages));
  await stack.sql.query("delete from outbox where kind = 'reset-link'");
});
afterAll(() => stack.close());

const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Moonlight[A-Z]/),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.object({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});
const alerts = async () =>
  rules.parse(parse(await read('deploy/prometheus/alerts.yml'))).groups.flatMap(({ rules: each }) => each);

const dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) })),
});

/** Values that a healthy service has never shown. */
const RARE = [
  'procedure_errors_total{code="REFRESH_TOKEN_REUSED"}',
  'http_request_duration_seconds_count{status="503"}',
];
const missing = (expression: string): string[] => missingIn(expression, exposed).filter((name) => !RARE.includes(name));

test('every alert watches metrics and labels that a running API and worker export', async () => {
  const found = await alerts();
  expect(found.length).toBeGreaterThan(10);
  expect(found.flatMap(({ alert, expr }) => missing(expr).map((name) => `${alert}: ${name}`))).toEqual([]);
  expect(missing('sum by (party) (outbox_mails{state="gone"}) > no_such_metric')).toEqual([
    'no_such_metric',
    'outbox_mails{state="gone"}',
    'by (party)',
  ]);
});

test('every panel of the dashboard shows metrics and labels that a running API and worker export', async () => {
  const { panels } = dashboard.parse(JSON.parse(await read('deploy/grafana/moonlight.json')));
  const expressions = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
  expect(expressions.length).toBeGreaterThan(15);
  expect(expressions.flatMap(({ title, expr }) => missing(expr).map((name) => `${title}: ${name}`))).toEqual([]);
});

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');

test('the runbook of every alert is a heading of the documentation', async () => {
  for (const { annotations } of await alerts()) {
    const [file = ''] = annotations.runbook.split('#');
    const headings = (await read(file)).matchAll(/^#+ (.*)$/gm);
    const links = [...headings].map(([, heading = '']) => `${file}#${anchorOf(heading)}`);
    expect(links).toContain(annotations.runbook);
  }
});

test('the request id leads from the access log to the worker’s line about the mail', async () => {
  const linesOf = (output: string) =>
    output.split('\n').flatMap((line) => (line.includes('"first-registration"') ? [JSON.parse(line)] : []));
  await until(() => {
    expect(linesOf(stack.apis[0]?.output() ?? '')).toMatchObject([
      { msg: 'answered', procedure: 'auth.register', status: 201, ip: '127.0.0.1' },
    ]);
    expect(linesOf(stack.workers[0]?.output() ?? '')).toMatchObject([{ msg: 'mail sent', kind: 'verification-link' }]);
  });
});
