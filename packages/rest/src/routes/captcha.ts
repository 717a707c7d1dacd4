import type { RoutesOf } from '../route.ts';

export const captchaRoutes: RoutesOf<'captcha.challenge'> = {
  'captcha.challenge': {
    paths: [['GET', '/captcha/challenge']],
    message: () => 'ok',
    envelope: false,
    tag: 'Captcha',
    summary: 'Get a new captcha challenge',
    description:
      'In the format of the ALTCHA widget, without an envelope. NOT_FOUND for providers that issue their own challenges.',
    errors: ['NOT_FOUND'],
  },
};
