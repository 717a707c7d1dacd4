import type { CaptchaChallenge } from '@moonlight/contracts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { altchaCaptcha, type AltchaParts } from './altcha-captcha.ts';
import type { KeySet } from '../secrets/secrets.ts';
import { siteverifyCaptcha, type SiteverifyParts } from './siteverify-captcha.ts';

/** One way to distinguish people from programs. */
export interface Captcha {
  /** A new challenge for the provider's widget; absent for providers that issue their own. */
  challenge?(): Promise<CaptchaChallenge>;
  /** Whether the widget's payload is a genuine, unexpired solution that was not used before. False when in doubt. */
  verify(payload: string, ip: string): Promise<boolean>;
}

export interface CaptchaSettings {
  readonly provider: 'altcha' | 'turnstile' | 'hcaptcha' | 'none';
  /** The provider's secret; optional for ALTCHA, which can use the derived key. */
  readonly secret: string | undefined;
  /** A replacement for the provider's own endpoint. */
  readonly verifyUrl: string | undefined;
}

interface CaptchaParts extends Pick<AltchaParts, 'db' | 'clock'>, Pick<SiteverifyParts, 'log'> {
  /** Those of ALTCHA's challenges when there is no secret. */
  readonly keys: KeySet;
}

/** The configured captcha; null for the provider `none`. Throws when a provider's secret is missing. */
export const createCaptcha = (settings: CaptchaSettings, { keys, db, clock, log }: CaptchaParts): Captcha | null => {
  const { provider, secret, verifyUrl } = settings;
  if (provider === 'none') return null;
  if (provider === 'altcha') {
    const [current, ...previous] = keys;
    const derived = [current.key.export(), ...previous.map(({ key }) => key.export())] as const;
    return altchaCaptcha({ secrets: secret === undefined ? derived : [secret], db, clock });
  }
  if (secret === undefined) throw new Error(`The captcha provider ${provider} needs its secret`);
  return siteverifyCaptcha({ provider, secret, url: verifyUrl, log });
};

/** A new challenge for the provider's widget. Throws NOT_FOUND for providers that issue their own. */
export const newChallenge = async ({ captcha }: AuthDeps): Promise<CaptchaChallenge> => {
  if (captcha?.challenge === undefined) throw new AuthError('NOT_FOUND');
  return captcha.challenge();
};

/**
 * Requires a solved captcha and spends it; with the provider `none` it does nothing.
 * Throws CAPTCHA_REQUIRED without a payload, CAPTCHA_INVALID for a wrong, expired or replayed one.
 */
export const requireCaptcha = async (
  { captcha }: AuthDeps,
  payload: string | undefined,
  request: RequestInfo,
): Promise<void> => {
  if (captcha === null) return;
  if (payload === undefined) throw new AuthError('CAPTCHA_REQUIRED');
  if (!(await captcha.verify(payload, request.ip))) throw new AuthError('CAPTCHA_INVALID');
};
