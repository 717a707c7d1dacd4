import { setTimeout as pause } from 'node:timers/promises';

interface Patient {
  /** Answers 200 when all is well. */
  readonly url: string;
  readonly exited: Promise<string>;
  readonly signal: AbortSignal;
}

const POLL_MS = 50;
const ANSWER_MS = 5000;
const PATIENCE_MS = 60_000;

const ask = async (url: string, signal: AbortSignal): Promise<string> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
    return answer.ok ? 'healthy' : `${answer.status} ${await answer.text()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Resolves when the process behind `url` says it is ready; rejects with what it says or how it ended instead. */
export const waitUntilHealthy = async ({ url, exited, signal }: Patient): Promise<void> => {
  let ended: string | undefined;
  void exited.then((how) => (ended = how));
  const deadline = performance.now() + PATIENCE_MS;
  let said = '';
  while (performance.now() < deadline) {
    said = await ask(url, signal);
    signal.throwIfAborted();
    if (ended !== undefined) throw new Error(`it ended with ${ended}; its last lines are above`);
    if (said === 'healthy') return;
    await pause(POLL_MS);
  }
  throw new Error(`it is not ready after ${PATIENCE_MS / 1000} s (${said})`);
};
