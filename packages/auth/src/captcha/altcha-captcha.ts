import { createHmac } from 'node:crypto';
import type { Executor } from '@moonlight/db';
import { createChallenge, randomInt, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { type Clock, secondsAfter } from '../clock.ts';
import type { Captcha } from './captcha.ts';
import { readAltchaPayload } from './read-altcha-payload.ts';
import { spendCaptcha } from './spent-captchas-store.ts';

export interface AltchaParts {
  /** Signs challenges. All replicas need the same one. */
  readonly secret: Buffer | string;
  readonly db: Executor;
  readonly clock: Clock;
  /** Tries a solution takes at most; half of them on average. */
  readonly tries?: number;
}

const LIFETIME_SECONDS = 600;
// One try is one PBKDF2 of so many iterations. Fewer would be lost in the overhead of a browser's WebCrypto, which
// programs do not have; more would make a challenge expensive for us, since making one takes one try.
const COST = 2000;
// 5 million iterations on average; the widget took 0.8 s for them in Chromium on two cores, 1.6 s at the longest.
const TRIES = 5000;
// Replicas' clocks differ: whoever forgets a solution must not be ahead of whoever still takes it.
const CLOCK_DIFFERENCE_SECONDS = 60;

/**
 * ALTCHA's proof of work (protocol version 2, PBKDF2/SHA-256), hosted by ourselves. The number of tries is drawn evenly
 * between 1 and `tries`, so nobody waits much longer than others, and giving up on a challenge early gains nothing.
 * Checking takes two HMACs and, for a genuine solution, one insert; both keys are derived from `secret`.
 */
export const altchaCaptcha = ({ secret, db, clock, tries = TRIES }: AltchaParts): Captcha => {
  const keyFor = (purpose: string): string => createHmac('sha256', secret).update(purpose).digest('hex');
  const keys = { hmacSignatureSecret: keyFor('altcha challenge'), hmacKeySignatureSecret: keyFor('altcha solution') };
  return {
    challenge: async () => {
      // The library would compare a signed `expiresAt` with the system's time. So the one that counts is signed as data,
      // and the widget, which tells people when their solution has run out, gets an unsigned copy.
      const expiresAt = Math.floor(clock.now().getTime() / 1000) + LIFETIME_SECONDS;
      const { parameters, signature } = await createChallenge({
        ...keys,
        algorithm: 'PBKDF2/SHA-256',
        cost: COST,
        counter: randomInt(tries),
        data: { expiresAt },
        deriveKey,
      });
      return { parameters: { ...parameters, expiresAt }, signature };
    },
    verify: async (text) => {
      const payload = readAltchaPayload(text);
      if (payload === undefined) return false;
      const expiresAt = new Date(payload.challenge.parameters.data.expiresAt * 1000);
      if (expiresAt <= clock.now()) return false;
      const { verified } = await verifySolution({ ...keys, ...payload, deriveKey });
      if (!verified) return false;
      const forgetAt = secondsAfter(expiresAt, CLOCK_DIFFERENCE_SECONDS);
      return spendCaptcha(db, { hash: payload.challenge.signature, expiresAt: forgetAt });
    },
  };
};
