import { join } from 'node:path';
import {
  type AppWatcher,
  bundleOf,
  ensureBuilt,
  listenForStop,
  viteServer,
  watchApps,
  webServer,
} from '@moonlight/build';
import { type Config, ConfigError, loadConfig } from '@moonlight/config';
import { planPorts, type Ports } from './plan-ports.ts';
import { type App, appService, inboxService, postgresService } from './services.ts';
import { Supervisor } from './supervisor.ts';
import { openTerminal, reachable, readable, summary, type Terminal } from './terminal.ts';

/** `start` runs the built apps; `dev` runs them from their sources and applies every change at once. */
export type Mode = 'start' | 'dev';

interface Context {
  readonly mode: Mode;
  readonly config: Config;
  readonly ports: Ports;
  readonly terminal: Terminal;
  readonly supervisor: Supervisor;
}

const baseEnv = ({ config, ports }: Context): NodeJS.ProcessEnv => ({
  ...process.env,
  DATA_DIR: config.app.dataDir,
  PORT: String(ports.api),
  WEB_PORT: String(ports.web),
  INBOX_PORT: String(ports.inbox),
  INBOX_SMTP_PORT: String(ports.inboxSmtp),
  WORKER_PORT: String(ports.worker),
});

const inboxMailEnv = ({ inboxSmtp }: Ports): NodeJS.ProcessEnv => ({
  MAIL_SERVER: '127.0.0.1',
  MAIL_PORT: String(inboxSmtp),
  MAIL_USE_SSL: 'false',
  MAIL_USE_TLS: 'false',
});

interface Embedded {
  /** The environment of the apps, which points to the embedded services. */
  readonly env: NodeJS.ProcessEnv;
  readonly embeddedUrl: string | undefined;
}

/** Starts PostgreSQL and the inbox, each unless the configuration names another one. */
const startEmbedded = async (context: Context): Promise<Embedded> => {
  const { config, ports, supervisor, terminal } = context;
  const env = baseEnv(context);
  const postgres = postgresService(join(config.app.dataDir, 'postgres'), terminal);
  const isEmbedded = config.database.url === undefined;
  const hasInbox = config.mail === undefined;
  await Promise.all([
    isEmbedded ? supervisor.start(postgres) : undefined,
    hasInbox ? supervisor.start(inboxService(env, terminal)) : undefined,
  ]);
  return {
    env: { ...env, ...(isEmbedded ? { DATABASE_URL: postgres.url() } : {}), ...(hasInbox ? inboxMailEnv(ports) : {}) },
    embeddedUrl: isEmbedded ? postgres.url() : undefined,
  };
};

/** The frontend's server gets the API's address, and no secret. */
export const webApp = ({ mode, config, ports }: Pick<Context, 'mode' | 'config' | 'ports'>): App => {
  const { host } = config.http;
  const env = {
    PATH: process.env['PATH'],
    APP_NAME: config.app.name,
    APP_ENV: config.app.env,
    HOST: host,
    PORT: String(ports.api),
    PUBLIC_URL: process.env['PUBLIC_URL'],
    WEB_PORT: String(ports.web),
  };
  const url = reachable(host, ports.web);
  if (mode === 'start') return { name: 'web', script: webServer, env, healthUrl: `${url}/health` };
  const { script, args } = viteServer;
  const publicUrl = env.PUBLIC_URL || readable(host, ports.api);
  return {
    name: 'web',
    script,
    args: [...args, '--host', host],
    env: { ...env, PUBLIC_URL: publicUrl },
    healthUrl: url,
  };
};

/** Starts the apps; they stop in the opposite order. In `dev` mode, each one restarts when its program has changed. */
const startApps = async (context: Context, env: NodeJS.ProcessEnv, watcher: AppWatcher | undefined): Promise<void> => {
  const { config, ports, supervisor, terminal } = context;
  const started = (['worker', 'api'] as const).map(async (name) => {
    // A mail server that does not answer only delays mails, and the worker logs it: it must not stop the start.
    const path = name === 'worker' && config.mail !== undefined ? '/health' : '/health/ready';
    const healthUrl = `${reachable(config.http.host, ports[name])}${path}`;
    const script = watcher === undefined ? bundleOf(name) : watcher.programOf(name);
    const nodeOptions = watcher === undefined ? {} : { NODE_OPTIONS: '--enable-source-maps' };
    const app = await supervisor.start(
      appService({ name, script, env: { ...env, ...nodeOptions }, healthUrl }, terminal),
    );
    watcher?.onChange(name, app.restart);
  });
  await Promise.all([...started, supervisor.start(appService(webApp(context), terminal))]);
};

/** Builds the apps, in `dev` mode again after every change; resolves after the first build. */
const build = async ({ mode, terminal }: Context, signal: AbortSignal): Promise<AppWatcher | undefined> => {
  if (mode === 'dev') return watchApps(signal, (error) => terminal.say(`The sources cannot be built: ${error}`));
  await ensureBuilt(signal);
  return undefined;
};

const startEverything = async (context: Context, asked: AbortSignal): Promise<void> => {
  const { config, ports, terminal } = context;
  const startedAt = performance.now();
  const failed = new AbortController();
  const building = build(context, AbortSignal.any([asked, failed.signal]));
  try {
    const [{ env, embeddedUrl }, watcher] = await Promise.all([startEmbedded(context), building]);
    await startApps(context, env, watcher);
    const seconds = (performance.now() - startedAt) / 1000;
    terminal.say(summary({ config, ports, embeddedUrl, seconds }));
  } catch (error) {
    // The build is stopped and waited for when a service could not start.
    failed.abort();
    await building.catch(() => undefined);
    throw error;
  }
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
 * Starts everything, waits for a request to stop, and stops everything in order. Resolves with the exit code: 0 after a
 * request to stop, also during the start; 1 when a part could not start. In both cases no process is left.
 */
export const runStart = async (mode: Mode): Promise<number> => {
  const terminal = openTerminal();
  const requests = listenForStop();
  const supervisor = new Supervisor(requests, terminal);
  try {
    const config = loadConfig(process.env);
    const ports = await planPorts(process.env, config);
    await startEverything({ mode, config, ports, terminal, supervisor }, requests.asked);
    await aborted(requests.asked);
  } catch (error) {
    if (!requests.asked.aborted) {
      terminal.say(explain(error));
      await supervisor.stopAll();
      return 1;
    }
  }
  terminal.say('Stopping. Press Ctrl-C again to stop by force.');
  await supervisor.stopAll();
  terminal.say('Stopped.');
  return 0;
};
