import { once } from 'node:events';
import { loadConfig } from '@moonlight/config';
import {
  createLogger,
  createRuntime,
  prepareStores,
  requireDatabaseUrl,
  startFailure,
  stopOnSignal,
} from '@moonlight/runtime';
import { startMailDelivery } from '@moonlight/runtime/mail';
import { openTracer } from '@moonlight/runtime/tracing';
import { healthServer } from './health-server.ts';
import { startTasks } from './start-tasks.ts';
import { workerMetrics } from './worker-metrics.ts';

// Docker kills a process ten seconds after SIGTERM unless it is told otherwise.
const STOP_LIMIT_SECONDS = 9;

const run = async (): Promise<void> => {
  const config = loadConfig(process.env);
  const databaseUrl = requireDatabaseUrl(config);
  const log = createLogger(config, 'worker');
  await prepareStores(config, databaseUrl);
  const tracer = await openTracer(config, 'worker');
  const runtime = await createRuntime({ config, log, databaseUrl, tracer });
  const { registry, count } = workerMetrics(runtime);
  const delivery = startMailDelivery({ config, log, databaseUrl, runtime, onOutcome: count });
  const stopTasks = startTasks({ deps: runtime.auth.deps, drain: delivery.drain, config, log });
  // Nothing is routed to a worker, so 503 stops no traffic: it stops the roll-out of a release that cannot send mails.
  const unready = async () => {
    const [unavailable, isReachable] = await Promise.all([runtime.unready(), delivery.isMailServerReachable()]);
    return isReachable ? unavailable : [...unavailable, 'smtp'];
  };
  // Logs at start, without a wait, if the mail server does not answer.
  void delivery.isMailServerReachable();
  const health = healthServer({ unready, registry });

  stopOnSignal({
    log,
    message: 'stopping: the mails that are being sent are finished first',
    limitSeconds: STOP_LIMIT_SECONDS,
    stop: async () => {
      await Promise.all([stopTasks(), delivery.close()]);
      health.close();
      await runtime.close();
    },
  });

  health.listen(config.worker.port, config.http.host);
  await once(health, 'listening');
  log.info({ address: health.address() }, 'the worker waits for mails; its health and metrics are at this address');
};

try {
  await run();
} catch (error) {
  // There may be no logger: the configuration may have failed to load.
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(1);
}
