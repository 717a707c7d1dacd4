import { openDatabase } from '@moonlight/db';
import { expect, test } from 'vitest';
import { deriveKeys } from '../secrets/secrets.ts';
import { systemClock } from '../system.ts';
import { type CaptchaSettings, createCaptcha } from './captcha.ts';
import { solveAltcha } from '../testing/solve-altcha.ts';

// Never connected to: only spending a solution uses the database.
const { db } = openDatabase({ url: 'postgres://127.0.0.1:1/none', poolSize: 1, onError: () => undefined });
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const create = (settings: Partial<CaptchaSettings> & Pick<CaptchaSettings, 'provider'>) =>
  createCaptcha(
    { secret: undefined, verifyUrl: undefined, ...settings },
    { keys: deriveKeys({ secretKey: 'of tests', previousSecretKeys: [] }, 'captcha'), db, clock: systemClock, log },
  );

test('the provider none has no captcha', () => {
  expect(create({ provider: 'none' })).toBeNull();
});

test('only altcha issues challenges itself', () => {
  expect(create({ provider: 'altcha' })).toHaveProperty('challenge');
  expect(create({ provider: 'turnstile', secret: 'a secret' })).not.toHaveProperty('challenge');
  expect(create({ provider: 'hcaptcha', secret: 'a secret' })).not.toHaveProperty('challenge');
});

test('a provider without its secret is refused at the start', () => {
  expect(() => create({ provider: 'turnstile' })).toThrow('turnstile needs its secret');
});

test('challenges of altcha are signed with the secret if there is one, else with the derived key', async () => {
  const challengeOf = (secret: string | undefined) => create({ provider: 'altcha', secret });
  const payload = await solveAltcha(await challengeOf('a secret of its own')?.challenge?.());
  const isGenuine = (secret: string | undefined) => challengeOf(secret)?.verify(payload, '192.0.2.1');
  expect(await isGenuine(undefined)).toBe(false);
  // A genuine solution is spent next, which fails without a database.
  await expect(isGenuine('a secret of its own')).rejects.toThrow('spent_captchas');
});
