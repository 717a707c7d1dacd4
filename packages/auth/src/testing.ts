export { altchaCaptcha } from './captcha/altcha-captcha.ts';
export { solveAltcha } from './captcha/solve-altcha.ts';
export { readOutbox } from './outbox/read-outbox.ts';
export { dumpTables } from './testing/dump-tables.ts';
export { createTestAuth, type TestAuth, type TestAuthOptions } from './testing/create-test-auth.ts';
export { type TestClock, testClock } from './testing/test-clock.ts';
export { testSettings } from './testing/test-settings.ts';
export { testRequest } from './testing/test-request.ts';
