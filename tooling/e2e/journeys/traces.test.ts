import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/concurrency.ts';
import { restOf } from '../src/rest.ts';
import { type Stack, startStack } from '../src/start-stack.ts';
import { startTraceCollector } from '../src/trace-collector.ts';

// Prints each import of OpenTelemetry, or of the package that imports it.
const PRINT_IMPORTS = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (specifier, context, next) => {
  if (/opentelemetry|moonlight.tracing/.test(specifier)) console.log('imported', specifier);
  return next(specifier, context);
} });`;

let collector: Awaited<ReturnType<typeof startTraceCollector>>;
let stack: Stack;
beforeAll(async () => {
  collector = await startTraceCollector();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(PRINT_IMPORTS)}`,
  };
  stack = await startStack({ env });
});
afterAll(async () => {
  await stack.close();
  collector.close();
});

test('one trace leads from the caller through the registration and the outbox to the mail', async () => {
  const [traceId, caller] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  const account = { email: 'Selene@example.com', username: 'selene', password: 'selene sleeps until nine' };
  const headers = { traceparent: `00-${traceId}-${caller}-01` };
  const { status } = await restOf(stack.url)('POST /api/v1/auth/register', account, { headers });
  expect(status).toBe(201);
  const named = (name: string) => collector.spans().filter((span) => span.name === name);
  await until(() => expect(named('send mail')).toHaveLength(1));

  const [request] = named('POST /api/v1/auth/register');
  expect(request).toMatchObject({ service: 'moonlight-api', traceId, parentSpanId: caller });
  const [call] = named('auth.register');
  expect(call).toMatchObject({ traceId, parentSpanId: request?.spanId });
  for (const name of ['hash password', 'INSERT']) {
    expect(named(name).length).toBeGreaterThan(0);
    for (const span of named(name)) expect(span).toMatchObject({ traceId, parentSpanId: call?.spanId });
  }
  expect(named('send mail')).toMatchObject([{ service: 'moonlight-worker', traceId, parentSpanId: request?.spanId }]);
  expect(collector.received()).not.toMatch(/selene|nine|argon2id|token=/i);
});

test('parallel requests that wait for the same connections keep their statements apart', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => index.toString(16).padStart(32, 'c'));
  const rest = restOf(stack.url);
  await Promise.all(
    ids.map((id) =>
      rest(
        'POST /api/v1/auth/login',
        { email: `${id}@example.com`, password: 'any' },
        {
          headers: { traceparent: `00-${id}-b7ad6b7169203331-01` },
        },
      ),
    ),
  );
  const spansOf = (id: string) => collector.spans().filter(({ traceId }) => traceId === id);
  await until(() => expect(ids.every((id) => spansOf(id).some(({ name }) => name.startsWith('POST')))).toBe(true));
  const counts = new Set(ids.map((id) => spansOf(id).length));
  expect([...counts]).toHaveLength(1);
});

test('nothing of OpenTelemetry is loaded without its variable', async () => {
  const names = ['api', 'worker'] as const;
  const apps = await Promise.all(names.map((name) => stack.start(name, { OTEL_EXPORTER_OTLP_ENDPOINT: '' })));
  for (const app of apps) expect(app.output()).not.toContain('imported');
  // The others show that the hook works.
  expect(stack.apis[0]?.output()).toContain('imported @moonlight/tracing');
  expect(stack.workers[0]?.output()).toContain('imported @moonlight/tracing');
});
