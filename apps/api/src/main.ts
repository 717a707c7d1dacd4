import { loadConfig } from '@moonlight/config';
import { createLogger, createRuntime, prepareStores, requireDatabaseUrl, startFailure } from '@moonlight/runtime';
import { fastify } from 'fastify';
import { buildServer } from './build-server.ts';
import { connectionLimits, timeoutOptions } from './http/connections.ts';
import { metricsRoute } from './http/metrics.ts';

const CLOSE_IDLE_EVERY_MS = 100;

const run = async (): Promise<void> => {
  const config = loadConfig(process.env);
  const databaseUrl = requireDatabaseUrl(config);
  const log = createLogger(config, 'api');
  await prepareStores(config, databaseUrl);
  const runtime = await createRuntime({ config, log, databaseUrl });
  const { app, registry } = await buildServer({ config, log, ...runtime });
  const metrics = fastify(timeoutOptions(connectionLimits));
  metricsRoute(metrics, registry);

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping: open requests are answered first');
    // Clients keep connections open for later requests. Without this, an idle one would keep the process alive.
    const closingIdle = setInterval(() => app.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
    await Promise.all([app.close(), metrics.close()]);
    clearInterval(closingIdle);
    await runtime.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(signal));

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
