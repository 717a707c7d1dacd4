import { join } from 'node:path';
import { type Config, ConfigError, loadConfig } from '@moonlight/config';
import { bundleOf, ensureBuilt, listenForStop, webServer } from '@moonlight/build';
import { reachable } from './addresses.ts';
import { type App, appService, inboxService } from './child-services.ts';
import { Crew } from './crew.ts';
import { planPorts, type Ports } from './plan-ports.ts';
import { postgresService } from './postgres-service.ts';
import { summary } from './summary.ts';
import { openTerminal, type Terminal } from './terminal.ts';

interface Stage {
  readonly config: Config;
  readonly ports: Ports;
  readonly terminal: Terminal;
  readonly crew: Crew;
}

const baseEnv = ({ config, ports }: Stage): NodeJS.ProcessEnv => ({
  ...process.env,
  DATA_DIR: config.app.dataDir,
  PORT: String(ports.api),
  WEB_PORT: String(ports.web),
  INBOX_PORT: String(ports.inbox),
  INBOX_SMTP_PORT: String(ports.inboxSmtp),
  WORKER_PORT: String(ports.worker),
});

const mailInto = ({ inboxSmtp }: Ports): NodeJS.ProcessEnv => ({
  MAIL_SERVER: '127.0.0.1',
  MAIL_PORT: String(inboxSmtp),
  MAIL_USE_SSL: 'false',
  MAIL_USE_TLS: 'false',
});

/** Starts what the apps need and nobody named, and returns the environment that points to it. */
const startEmbedded = async (stage: Stage): Promise<{ env: NodeJS.ProcessEnv; embeddedPort: number | undefined }> => {
  const { config, crew, ports, terminal } = stage;
  const env = baseEnv(stage);
  const postgres = postgresService(join(config.app.dataDir, 'postgres'), terminal);
  const isEmbedded = config.database.url === undefined;
  const hasInbox = config.mail === undefined;
  await Promise.all([
    isEmbedded ? crew.keep(postgres) : undefined,
    hasInbox ? crew.keep(inboxService(env, terminal)) : undefined,
  ]);
  return {
    env: { ...env, ...(isEmbedded ? { DATABASE_URL: postgres.url() } : {}), ...(hasInbox ? mailInto(ports) : {}) },
    embeddedPort: isEmbedded ? postgres.port() : undefined,
  };
};

// The frontend's server is told where the API is, and no secret.
const webEnv = ({ config, ports }: Stage): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  APP_NAME: config.app.name,
  HOST: config.http.host,
  PORT: String(ports.api),
  PUBLIC_URL: process.env['PUBLIC_URL'],
  WEB_PORT: String(ports.web),
});

/** The apps in the order they are brought up, which is the opposite of the one they are stopped in. */
const apps = (stage: Stage, env: NodeJS.ProcessEnv): App[] => {
  const { config, ports } = stage;
  const at = (port: number, path: string): string => `${reachable(config.http.host, port)}${path}`;
  return [
    { name: 'worker', script: bundleOf('worker'), env, healthUrl: at(ports.worker, '/health/ready') },
    { name: 'api', script: bundleOf('api'), env, healthUrl: at(ports.api, '/health/ready') },
    ...(webServer === undefined
      ? []
      : [{ name: 'web', script: webServer, env: webEnv(stage), healthUrl: at(ports.web, '/health') }]),
  ];
};

/** Builds, if need be, while the embedded services start; when one of the two fails, the other is called off and waited for. */
const prepare = async (stage: Stage, asked: AbortSignal): ReturnType<typeof startEmbedded> => {
  const failed = new AbortController();
  const building = ensureBuilt(AbortSignal.any([asked, failed.signal]));
  try {
    const [embedded] = await Promise.all([startEmbedded(stage), building]);
    return embedded;
  } catch (error) {
    failed.abort();
    await building.catch(() => undefined);
    throw error;
  }
};

const startEverything = async (stage: Stage, asked: AbortSignal): Promise<void> => {
  const { config, crew, ports, terminal } = stage;
  const startedAt = performance.now();
  const { env, embeddedPort } = await prepare(stage, asked);
  await Promise.all(apps(stage, env).map((app) => crew.keep(appService(app, terminal))));
  const seconds = (performance.now() - startedAt) / 1000;
  terminal.say(summary({ config, ports, embeddedPort, hasInbox: config.mail === undefined, seconds }));
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const explain = (error: unknown): string => {
  if (error instanceof ConfigError) return error.message;
  return `Moonlight cannot start. ${error instanceof Error ? error.message : String(error)}`;
};

/**
 * Brings everything up, waits until somebody wants it to end, and takes it down again in order. Resolves with the exit
 * code: 0 when it was asked to end, at whatever moment, 1 when something could not start; then nothing is left running.
 */
export const runStart = async (): Promise<number> => {
  const terminal = openTerminal();
  const requests = listenForStop();
  const crew = new Crew(requests, terminal);
  try {
    const config = loadConfig(process.env);
    const ports = await planPorts(process.env, config);
    await startEverything({ config, ports, terminal, crew }, requests.asked);
    await aborted(requests.asked);
  } catch (error) {
    if (!requests.asked.aborted) {
      terminal.say(explain(error));
      await crew.stopAll();
      return 1;
    }
  }
  terminal.say('Stopping. Press Ctrl-C again to stop by force.');
  await crew.stopAll();
  terminal.say('Stopped.');
  return 0;
};
