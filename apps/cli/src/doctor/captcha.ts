import type { Config } from '@moonlight/config';
import { type Finding, ok, wrong } from './finding.ts';

/** Whether the provider of the captcha knows CAPTCHA_SECRET: it says so in its refusal of an invented solution. */
export const checkCaptcha = async ({ captcha }: Config): Promise<Finding[]> => {
  const { provider, secret } = captcha;
  if (provider === 'none' || provider === 'altcha') return [ok('captcha', `${provider}: no other server is asked`)];
  const { askSiteverify } = await import('@moonlight/auth');
  const verdict = await askSiteverify({ provider, secret: secret ?? '', url: captcha.verifyUrl });
  if (typeof verdict === 'boolean') return [ok('captcha', `${provider} accepts CAPTCHA_SECRET`)];
  const isSecret = /secret|sitekey/.test(verdict);
  return [
    wrong('captcha', isSecret ? 'CAPTCHA_SECRET' : 'CAPTCHA_VERIFY_URL', [
      `${provider}: ${verdict}`,
      isSecret
        ? `Copy the secret of this site from the pages of ${provider}; it is not the site key.`
        : 'Check that this machine may reach the provider over HTTPS.',
    ]),
  ];
};
