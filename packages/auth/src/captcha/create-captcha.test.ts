import { openDatabase } from '@moonlight/db';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { type CaptchaSettings, createCaptcha } from './create-captcha.ts';

// Never connected to: a captcha touches the database when it spends a solution, not before.
const { db } = openDatabase({ url: 'postgres://127.0.0.1:1/none', poolSize: 1, onError: () => undefined });
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const create = (settings: Partial<CaptchaSettings> & Pick<CaptchaSettings, 'provider'>) =>
  createCaptcha(
    { secret: undefined, verifyUrl: undefined, ...settings },
    { key: Buffer.alloc(32, 7), db, clock: systemClock, log },
  );

test('none is no captcha at all', () => {
  expect(create({ provider: 'none' })).toBeNull();
});

test('only altcha hands out challenges of its own', () => {
  expect(create({ provider: 'altcha' })).toHaveProperty('challenge');
  expect(create({ provider: 'turnstile', secret: 'a secret' })).not.toHaveProperty('challenge');
  expect(create({ provider: 'hcaptcha', secret: 'a secret' })).not.toHaveProperty('challenge');
});

test('a provider without its secret is a mistake that shows at the start', () => {
  expect(() => create({ provider: 'turnstile' })).toThrow('turnstile needs its secret');
});
