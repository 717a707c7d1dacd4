import { join } from 'node:path';
import { type RolldownWatcherEvent, watch } from 'rolldown';
import { EXTERNAL, MIGRATIONS, type ServiceApp, SERVICES } from './build-apps.ts';
import { readFolder, replaceFolder } from './replace-folder.ts';
import { repositoryRoot } from './run-command.ts';

/** Bundles that are rebuilt whenever one of their sources changes. */
export interface AppWatcher {
  /** The file of an app that Node runs. */
  readonly programOf: (app: ServiceApp) => string;
  /** Calls `listener` after every further build of an app. */
  readonly onChange: (app: ServiceApp, listener: () => void) => void;
}

// Inside of the app's package, so that Node finds the app's dependencies, and apart from what `npm run build` writes.
const folderOf = (app: ServiceApp): string => join(repositoryRoot, 'apps', app, 'node_modules', '.cache', 'dev');
const programOf = (app: ServiceApp): string => join(folderOf(app), 'app.js');

const copyMigrations = async (app: ServiceApp): Promise<void> =>
  replaceFolder(join(folderOf(app), 'migrations'), await readFolder(MIGRATIONS));

const optionsOf = (app: ServiceApp) => ({
  input: { app: join(repositoryRoot, 'apps', app, 'src', 'main.ts') },
  platform: 'node' as const,
  external: EXTERNAL,
  logLevel: 'silent' as const,
  plugins: [
    {
      name: 'moonlight-migrations',
      async buildStart(this: { addWatchFile: (file: string) => void }): Promise<void> {
        this.addWatchFile(join(MIGRATIONS, 'meta', '_journal.json'));
        await copyMigrations(app);
      },
    },
  ],
  output: { format: 'esm' as const, codeSplitting: false, dir: folderOf(app), sourcemap: true },
});

/**
 * Builds the apps for development, with source maps, again after every change of a source. Resolves after the first build
 * and rejects when it fails; later failures go to `onError`. Watching ends when `signal` aborts.
 */
export const watchApps = (signal: AbortSignal, onError: (message: string) => void): Promise<AppWatcher> =>
  new Promise((resolve, reject) => {
    const listeners = new Map<string, () => void>();
    const watcher = watch(SERVICES.map(optionsOf));
    let isFirst = true;
    const onEvent = async (event: RolldownWatcherEvent): Promise<void> => {
      if (event.code === 'BUNDLE_END') {
        await event.result.close();
        for (const folder of event.output) if (!isFirst) listeners.get(folder)?.();
      } else if (event.code === 'ERROR') {
        await event.result.close();
        if (isFirst) reject(event.error);
        else onError(event.error.message);
      } else if (event.code === 'END') {
        isFirst = false;
        resolve({ programOf, onChange: (app, listener) => void listeners.set(folderOf(app), listener) });
      }
    };
    watcher.on('event', onEvent);
    signal.addEventListener('abort', () => void watcher.close(), { once: true });
  });
