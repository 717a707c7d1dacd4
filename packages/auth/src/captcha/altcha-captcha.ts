import { createHmac } from 'node:crypto';
import type { Executor } from '@moonlight/db';
import { decodeBase64IgnorePadding } from '@oslojs/encoding';
import { createChallenge, randomInt, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { z } from 'zod';
import { type Clock, secondsAfter } from '../system.ts';
import type { Captcha } from './captcha.ts';
import { spendCaptcha } from './spent-captchas-store.ts';

// The widget's payload has about 730 characters.
const LONGEST_PAYLOAD = 2048;

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

// Exactly the signed parameters. Anything else is dropped, in particular the widget's own, unsigned `expiresAt`.
const parametersSchema = z.object({
  algorithm: z.string().max(32),
  cost: z.int(),
  data: z.object({ expiresAt: z.int() }),
  keyLength: z.int(),
  keyPrefix: hex(16),
  keySignature: hex(32),
  nonce: hex(16),
  salt: hex(16),
});

const payloadSchema = z.object({
  challenge: z.object({ parameters: parametersSchema, signature: hex(32) }),
  solution: z.object({ counter: z.int().min(0), derivedKey: hex(32) }),
});

const decodeJson = (payload: string): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(decodeBase64IgnorePadding(payload)));
  } catch {
    return undefined;
  }
};

/** Decodes a widget's payload (base64 of JSON); undefined for any other shape. The signatures are not checked here. */
const readPayload = (payload: string): z.infer<typeof payloadSchema> | undefined =>
  payload.length > LONGEST_PAYLOAD ? undefined : payloadSchema.safeParse(decodeJson(payload)).data;

export interface AltchaParts {
  /** The first signs challenges, and solutions of all of them are accepted. All replicas need the same. */
  readonly secrets: readonly [Buffer | string, ...(Buffer | string)[]];
  readonly db: Executor;
  readonly clock: Clock;
  /** The maximum number of attempts that a solution takes; the average is half of it. */
  readonly tries?: number;
}

/** The lifetime of a challenge, in seconds. */
export const CAPTCHA_SECONDS = 600;
// The PBKDF2 iterations of one attempt. With fewer, the overhead of a browser's WebCrypto would dominate, which
// programs do not have; with more, a challenge would be expensive for the service, since creating one takes one
// attempt.
const COST = 2000;
// 5 million iterations on average; the widget took 0.8 s for them in Chromium on two cores, and at most 1.6 s.
const TRIES = 5000;
// Clocks of replicas differ: no replica may forget a solution that another still accepts.
const CLOCK_DIFFERENCE_SECONDS = 60;

const keysFrom = (secret: Buffer | string) => {
  const keyFor = (purpose: string): string => createHmac('sha256', secret).update(purpose).digest('hex');
  return { hmacSignatureSecret: keyFor('altcha challenge'), hmacKeySignatureSecret: keyFor('altcha solution') };
};

/**
 * ALTCHA's proof of work (protocol version 2, PBKDF2/SHA-256), self-hosted. The number of attempts is drawn evenly
 * between 1 and `tries`, so the longest wait is bounded, and abandoning a challenge early gains nothing. Verifying
 * takes two HMACs for each secret and, for a genuine solution, one insert.
 */
export const altchaCaptcha = ({ secrets: [current, ...previous], db, clock, tries = TRIES }: AltchaParts): Captcha => {
  const currentKeys = keysFrom(current);
  const allKeys = [currentKeys, ...previous.map(keysFrom)];
  return {
    challenge: async () => {
      // The library would compare a signed `expiresAt` with the system's time. So the value that counts is signed as
      // data, and the widget, which tells the user when a solution has expired, gets an unsigned copy.
      const expiresAt = Math.floor(clock.now().getTime() / 1000) + CAPTCHA_SECONDS;
      const { parameters, signature } = await createChallenge({
        ...currentKeys,
        algorithm: 'PBKDF2/SHA-256',
        cost: COST,
        counter: randomInt(tries),
        data: { expiresAt },
        deriveKey,
      });
      return { parameters: { ...parameters, expiresAt }, signature };
    },
    verify: async (text) => {
      const payload = readPayload(text);
      if (payload === undefined) return false;
      const expiresAt = new Date(payload.challenge.parameters.data.expiresAt * 1000);
      if (expiresAt <= clock.now()) return false;
      const results = await Promise.all(allKeys.map((keys) => verifySolution({ ...keys, ...payload, deriveKey })));
      if (!results.some(({ verified }) => verified)) return false;
      const forgetAt = secondsAfter(expiresAt, CLOCK_DIFFERENCE_SECONDS);
      return spendCaptcha(db, { hash: payload.challenge.signature, expiresAt: forgetAt });
    },
  };
};
