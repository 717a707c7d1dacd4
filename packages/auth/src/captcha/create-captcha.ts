import { altchaCaptcha, type AltchaParts } from './altcha-captcha.ts';
import type { Captcha } from './captcha.ts';
import { siteverifyCaptcha, type SiteverifyParts } from './siteverify-captcha.ts';

export interface CaptchaSettings {
  readonly provider: 'altcha' | 'turnstile' | 'hcaptcha' | 'none';
  /** The provider's secret; ALTCHA's may be left out, as there is a key for it. */
  readonly secret: string | undefined;
  /** Where to ask instead of at the provider's own endpoint. */
  readonly verifyUrl: string | undefined;
}

interface CaptchaParts extends Pick<AltchaParts, 'db' | 'clock'>, Pick<SiteverifyParts, 'log'> {
  /** Signs ALTCHA's challenges where no secret was given. */
  readonly key: Buffer;
}

/** The captcha that was chosen; null for none. Throws where a provider's secret is missing. */
export const createCaptcha = (settings: CaptchaSettings, { key, db, clock, log }: CaptchaParts): Captcha | null => {
  const { provider, secret, verifyUrl } = settings;
  if (provider === 'none') return null;
  if (provider === 'altcha') return altchaCaptcha({ secret: secret ?? key, db, clock });
  if (secret === undefined) throw new Error(`The captcha provider ${provider} needs its secret`);
  return siteverifyCaptcha({ provider, secret, url: verifyUrl, log });
};
