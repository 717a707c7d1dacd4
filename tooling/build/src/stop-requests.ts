/** Somebody wants us to end. */
export interface StopRequests {
  /** Aborts at the first request. */
  readonly asked: AbortSignal;
  /** Aborts when somebody asks again because it takes too long. */
  readonly forced: AbortSignal;
}

// One Ctrl-C reaches us up to three times: from the terminal, and passed on by npm and by the bootstrap.
const ECHO_MS = 1000;

/** Listens for Ctrl-C, for SIGTERM and SIGHUP, and for the end of the process that had started us. */
export const listenForStop = (): StopRequests => {
  const asked = new AbortController();
  const forced = new AbortController();
  let firstAt = 0;
  const ask = (): void => {
    if (!asked.signal.aborted) {
      firstAt = performance.now();
      asked.abort();
    } else if (performance.now() - firstAt > ECHO_MS) forced.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  process.once('disconnect', () => asked.abort());
  return { asked: asked.signal, forced: forced.signal };
};
