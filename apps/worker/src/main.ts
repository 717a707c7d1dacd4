import { once } from 'node:events';
import { cleanUp, relayOutbox, rotateSigningKeys } from '@moonlight/auth';
import { loadConfig } from '@moonlight/config';
import { createLogger, createRuntime, migrateAll, requireDatabaseUrl, startFailure } from '@moonlight/runtime';
import { MAIL_CONCURRENCY, startMailDelivery } from '@moonlight/runtime/mail';
import { healthServer } from './health-server.ts';
import { repeat } from './repeat.ts';
import { workerMetrics } from './worker-metrics.ts';

// Enough connections for every mail on its way, and a few for the relay and the clean-up beside them.
const POOL_SIZE = MAIL_CONCURRENCY + 5;
const RELAY_SECONDS = 1;
const CLEAN_UP_SECONDS = 600;
const KEY_ROTATION_SECONDS = 3600;

const run = async (): Promise<void> => {
  const loaded = loadConfig(process.env);
  const config = {
    ...loaded,
    database: { ...loaded.database, poolSize: Math.max(loaded.database.poolSize, POOL_SIZE) },
  };
  const databaseUrl = requireDatabaseUrl(config);
  const log = createLogger(config, 'worker');
  await migrateAll(databaseUrl, config.redisUrls);
  const runtime = await createRuntime({ config, log, databaseUrl });
  const { deps } = runtime.auth;
  const { registry, count } = workerMetrics(deps);
  const delivery = startMailDelivery({ config, log, databaseUrl, runtime, onOutcome: count });
  const rotation = { db: deps.db, random: deps.random, sealingKey: deps.secrets.signingKey };
  const tasks = [
    repeat({ name: 'relay', everySeconds: RELAY_SECONDS, run: () => relayOutbox(deps) }, log),
    repeat({ name: 'clean-up', everySeconds: CLEAN_UP_SECONDS, run: (signal) => cleanUp(deps, signal) }, log),
    ...(config.tokens.algorithm === 'HS256'
      ? []
      : [
          repeat(
            {
              name: 'key-rotation',
              everySeconds: KEY_ROTATION_SECONDS,
              run: () => rotateSigningKeys(rotation, deps.clock.now()),
            },
            log,
          ),
        ]),
  ];
  const health = healthServer({ unready: runtime.unready, registry });

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping: mails on their way are finished first');
    await Promise.all([...tasks.map((end) => end()), delivery.close()]);
    health.close();
    await runtime.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(signal));

  health.listen(config.worker.port, config.http.host);
  await once(health, 'listening');
  log.info({ address: health.address() }, 'the worker is listening for mails; health and metrics at this address');
};

try {
  await run();
} catch (error) {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(1);
}
