import { z } from 'zod';

// The widget sends about 730 characters.
const LONGEST_PAYLOAD = 2048;

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

// Exactly the signed parameters; whatever else came along is dropped, the widget's own copy of `expiresAt` first of all.
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

type AltchaPayload = z.infer<typeof payloadSchema>;

const decode = (payload: string): unknown => {
  try {
    return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
};

/** Decodes a widget's payload (base64 of JSON); undefined for whatever the widget would not send. Checks the shape only. */
export const readAltchaPayload = (payload: string): AltchaPayload | undefined =>
  payload.length > LONGEST_PAYLOAD ? undefined : payloadSchema.safeParse(decode(payload)).data;
