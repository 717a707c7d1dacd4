import { join, resolve } from 'node:path';

/** The folder of the root package.json. */
export const root = resolve(import.meta.dirname, '..', '..', '..');

export const nodeModules = join(root, 'node_modules');

const WATCH_MS = 500;

/**
 * Listens for requests to end: signals, and the end of npm. npm can be killed without passing the signal on, and then no
 * Ctrl-C reaches this process any more. Without npm its parent is not watched: a process that was started in the background
 * may outlive its shell.
 *
 * @param {(signal: NodeJS.Signals) => void} onRequest Called for each request.
 * @returns {() => void} Stops listening.
 */
export const onEndRequest = (onRequest) => {
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, onRequest);
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.env['npm_lifecycle_event'] === undefined || process.ppid === npm) return;
    clearInterval(timer);
    onRequest('SIGTERM');
  }, WATCH_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    for (const signal of signals) process.off(signal, onRequest);
  };
};
