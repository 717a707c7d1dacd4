import { setTimeout as pause } from 'node:timers/promises';

/** A registration that was repeated until it was answered. */
export interface Registration {
  readonly email: string;
  /** Milliseconds since 1970: of the first try, and of the answer. */
  readonly startedAt: number;
  readonly answeredAt: number;
  /** The status of each try; `none` where no answer came. */
  readonly statuses: readonly string[];
}

const RETRY_MS = 200;
const CALL_TIMEOUT_MS = 20_000;

const registerOnce = async (url: string, username: string, email: string): Promise<string> => {
  try {
    const answer = await fetch(`${url}/api/v1/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, username, password: 'a long and quiet night' }),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    await answer.text();
    return String(answer.status);
  } catch {
    return 'none';
  }
};

/**
 * Registers like a client that repeats its call with the same address until there is an answer. 409 is one too: the account
 * exists, and the answer to an earlier try was lost.
 */
export const registerUntilAnswered = async (url: () => string, username: string): Promise<Registration> => {
  const email = `${username}@example.com`;
  const startedAt = Date.now();
  const statuses: string[] = [];
  for (;;) {
    const status = await registerOnce(url(), username, email);
    statuses.push(status);
    if (status === '201' || status === '409') return { email, startedAt, answeredAt: Date.now(), statuses };
    if (!/^(?:none|5\d\d)$/.test(status)) throw new Error(`A registration was answered with ${status}.`);
    await pause(RETRY_MS);
  }
};
