import { z } from 'zod';
import type { Log } from '../log.ts';
import type { Captcha } from './captcha.ts';
import { readBounded } from './read-bounded.ts';

export interface SiteverifyParts {
  readonly provider: 'turnstile' | 'hcaptcha';
  readonly secret: string;
  /** The provider's own endpoint unless told otherwise. */
  readonly url?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** How long the whole exchange may take; 5000 unless told otherwise. */
  readonly timeoutMilliseconds?: number;
  readonly log: Log;
}

const ENDPOINTS = {
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
  hcaptcha: 'https://api.hcaptcha.com/siteverify',
};
const LONGEST_ANSWER_BYTES = 16_384;

// A code is a few words joined by hyphens. What does not look like that could be an echo of the secret in the log.
const codesSchema = z.array(z.string().regex(/^[a-z-]{1,64}$/)).max(16);
const answerSchema = z.object({ success: z.boolean(), 'error-codes': codesSchema.catch([]) });

// What a visitor can be guilty of. Every other code says that we are set up wrong or that the provider is in trouble.
const VISITORS_FAULTS = new Set([
  'already-seen-response',
  'expired-input-response',
  'invalid-input-response',
  'invalid-or-already-seen-response',
  'missing-input-response',
  'timeout-or-duplicate',
]);

/** Why no answer was had. Foreign messages may quote the address with its credentials, so only codes are kept. */
const troubleOf = (error: unknown): string => {
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

/** What an answer means: true, false for a visitor's fault, or the trouble in words. */
const judge = (ok: boolean, text: string | undefined): boolean | string => {
  const answer = parse(text);
  if (answer === undefined) return 'the answer is not what siteverify is documented to say';
  if (answer.success) return ok || 'a yes with a status of failure';
  const codes = answer['error-codes'];
  const isVisitorsFault = codes.length > 0 && codes.every((code) => VISITORS_FAULTS.has(code));
  return isVisitorsFault ? false : `refused: ${codes.join(', ') || 'without a code'}`;
};

/**
 * Cloudflare Turnstile or hCaptcha: asks the provider about every payload, which it confirms once only. Fails closed:
 * without a clear yes in time the answer is no, and where that is not the visitor's fault a warning says why.
 */
export const siteverifyCaptcha = ({ provider, secret, log, ...options }: SiteverifyParts): Captcha => {
  const { url = ENDPOINTS[provider], fetch = globalThis.fetch, timeoutMilliseconds = 5000 } = options;
  const ask = async (payload: string, ip: string): Promise<boolean | string> => {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ secret, response: payload, remoteip: ip }),
      // A redirect would carry the secret to somewhere else.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return judge(response.ok, await readBounded(response, LONGEST_ANSWER_BYTES));
  };
  return {
    verify: async (payload, ip) => {
      const verdict = await ask(payload, ip).catch(troubleOf);
      if (typeof verdict === 'boolean') return verdict;
      log.warn({ provider, trouble: verdict }, 'The captcha provider could not be asked; the payload counts as wrong');
      return false;
    },
  };
};
