import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '@moonlight/config';
import {
  callTimeouts,
  createLogger,
  createRuntime,
  prepareStores,
  requireDatabaseUrl,
  settleWithin,
  startFailure,
  stopOnSignal,
} from '@moonlight/runtime';
import { openTracer } from '@moonlight/runtime/tracing';
import { fastify, type FastifyInstance } from 'fastify';
import { buildServer } from './build-server.ts';
import { connectionLimits, timeoutOptions } from './http/connections.ts';
import { metricsRoute } from './http/metrics.ts';

const CLOSE_IDLE_EVERY_MS = 100;
// Calls end sooner, and a client may need that long to receive an answer.
const ANSWER_SECONDS = 15;
// For the metrics and the connections of the runtime.
const CLOSE_SECONDS = 10;

/** Answers open requests, and requests on open connections, and then closes all connections. */
const drain = async (app: FastifyInstance): Promise<void> => {
  // Clients keep connections open for later requests. Without this, an idle one would keep the process alive.
  const closingIdle = setInterval(() => app.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  await settleWithin(ANSWER_SECONDS * 1000, app.close());
  clearInterval(closingIdle);
  app.server.closeAllConnections();
};

const run = async (): Promise<void> => {
  const config = loadConfig(process.env);
  const databaseUrl = requireDatabaseUrl(config);
  const log = createLogger(config, 'api');
  await prepareStores(config, databaseUrl);
  const tracer = await openTracer(config, 'api');
  const runtime = await createRuntime({ config, log, databaseUrl, timeouts: callTimeouts, tracer });
  const stopping = new AbortController();
  const { app, registry } = await buildServer({ config, log, ...runtime, stopping: stopping.signal });
  const metrics = fastify(timeoutOptions(connectionLimits));
  metricsRoute(metrics, registry);

  const { shutdownDelaySeconds } = config.http;
  stopOnSignal({
    log,
    message: 'stopping: open requests are answered first',
    limitSeconds: shutdownDelaySeconds + ANSWER_SECONDS + CLOSE_SECONDS,
    stop: async () => {
      stopping.abort();
      // Load balancers need a moment to notice that this process is not ready.
      await pause(shutdownDelaySeconds * 1000);
      await drain(app);
      metrics.server.closeAllConnections();
      await metrics.close();
      await runtime.close();
    },
  });

  await app.listen({ host: config.http.host, port: config.http.port });
  if (config.http.metricsPort !== undefined)
    await metrics.listen({ host: config.http.host, port: config.http.metricsPort });
};

try {
  await run();
} catch (error) {
  // Written to stderr because there may be no logger: it needs a valid configuration.
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(1);
}
