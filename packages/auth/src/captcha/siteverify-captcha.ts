import { z } from 'zod';
import type { Log } from '../system.ts';
import type { Captcha } from './captcha.ts';

export interface SiteverifyParts {
  readonly provider: 'turnstile' | 'hcaptcha';
  readonly secret: string;
  /** The provider's own endpoint by default. */
  readonly url?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** The maximum time of the whole exchange; 5000 by default. */
  readonly timeoutMilliseconds?: number;
  readonly log: Log;
}

const ENDPOINTS = {
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
  hcaptcha: 'https://api.hcaptcha.com/siteverify',
};
const LONGEST_ANSWER_BYTES = 16_384;

// A code is a few words joined by hyphens. Anything else could be an echo of the secret, which must not reach the log.
const codesSchema = z.array(z.string().regex(/^[a-z-]{1,64}$/)).max(16);
const answerSchema = z.object({ success: z.boolean(), 'error-codes': codesSchema.catch([]) });

// The codes that a visitor can cause. Any other code means a wrong configuration or a failure of the provider.
const VISITOR_ERRORS = new Set([
  'already-seen-response',
  'expired-input-response',
  'invalid-input-response',
  'invalid-or-already-seen-response',
  'missing-input-response',
  'timeout-or-duplicate',
]);

/** The text of a body of `limit` bytes at most; undefined for a longer one, which is not read any further. */
const readBounded = async (response: Response, limit: number): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | Uint8Array[] = response.body ?? [];
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** Why there was no answer. Error messages may contain the URL with its credentials, so only codes are logged. */
const failureOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? `no connection: ${String(cause.code)}` : 'no connection';
};

const parse = (text: string | undefined): z.infer<typeof answerSchema> | undefined => {
  try {
    return answerSchema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
};

/** The verdict of an answer: true, false for an error of the visitor, or a description of any other failure. */
const verdictOf = (ok: boolean, text: string | undefined): boolean | string => {
  const answer = parse(text);
  if (answer === undefined) return 'the answer does not have the documented form';
  if (answer.success) return ok || 'success with an error status';
  const codes = answer['error-codes'];
  const isVisitorError = codes.length > 0 && codes.every((code) => VISITOR_ERRORS.has(code));
  return isVisitorError ? false : `refused: ${codes.join(', ') || 'without a code'}`;
};

type Exchange = Omit<SiteverifyParts, 'log'> & { readonly payload?: string; readonly ip?: string };

/**
 * Asks the provider about a payload: whether it confirms it, or why it did not answer that. The reason names neither the
 * secret nor the URL.
 */
export const askSiteverify = async ({ provider, secret, payload = '', ip, ...options }: Exchange) => {
  const { url = ENDPOINTS[provider], fetch = globalThis.fetch, timeoutMilliseconds = 5000 } = options;
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ secret, response: payload, ...(ip === undefined ? {} : { remoteip: ip }) }),
      // A redirect would send the secret to another server.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return verdictOf(response.ok, await readBounded(response, LONGEST_ANSWER_BYTES));
  } catch (error) {
    return failureOf(error);
  }
};

/**
 * Cloudflare Turnstile or hCaptcha: asks the provider about every payload, which it confirms only once. Fails closed:
 * unless the provider confirms in time the result is false, and a warning says why, except after an error of the
 * visitor.
 */
export const siteverifyCaptcha = ({ log, ...parts }: SiteverifyParts): Captcha => ({
  verify: async (payload, ip) => {
    const verdict = await askSiteverify({ ...parts, payload, ip });
    if (typeof verdict === 'boolean') return verdict;
    const failure = { provider: parts.provider, failure: verdict };
    log.warn(failure, 'the captcha provider did not confirm; the payload counts as wrong');
    return false;
  },
});
