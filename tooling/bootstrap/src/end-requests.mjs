const WATCH_MS = 500;

/**
 * Listens for whoever wants us to end: signals, and the death of npm, which can be killed without a word to us and then
 * leaves nobody to press Ctrl-C. Without npm that is not watched: who starts this by hand in the background may go away.
 *
 * @param {(signal: NodeJS.Signals) => void} onRequest Called for each.
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
