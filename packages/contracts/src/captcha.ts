import { z } from 'zod';
import { text } from './fields.ts';

/** A captcha widget's payload, as the provider made it. */
export const captchaField = text(1, 8192).meta({
  description: 'The solved captcha: the widget’s payload',
  example: 'eyJjaGFsbGVuZ2UiOnsicGFyYW1ldGVycyI6eyJhbGdvcml0aG0iOiJQQktERjIvU0hBLTI1NiJ9fX0=',
});

/** A provider's challenge. The fields depend on the provider; only its widget reads them. */
export const captchaChallengeOutput = z.record(z.string(), z.unknown()).meta({
  description: 'The challenge, in the format of the provider’s widget',
  example: {
    parameters: {
      algorithm: 'PBKDF2/SHA-256',
      nonce: 'dad0457b6b5f4c3f21f3f3ab3ad2d3c9',
      salt: '7f9c1f7ef3c0a9d5b1c6a1f0e2d4b8a6',
      cost: 2000,
      keyLength: 32,
      keyPrefix: '08',
      expiresAt: 1795176000,
      data: { expiresAt: 1795176000 },
    },
    signature: '5ad7f6d0a8b5a3c6d8f0e1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6',
  },
});
export type CaptchaChallenge = Readonly<z.infer<typeof captchaChallengeOutput>>;
