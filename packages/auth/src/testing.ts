export { altchaCaptcha } from './captcha/altcha-captcha.ts';
export { solveAltcha } from './captcha/solve-altcha.ts';
export { readOutbox } from './outbox/read-outbox.ts';
