export { altchaCaptcha } from './captcha/altcha-captcha.ts';
export { createTestAuth, type TestAuth, type TestAuthOptions } from './testing/create-test-auth.ts';
export { inParallel, logIn, mailedResetToken, refusalOf, registerByLink, registerVerified } from './testing/people.ts';
export { describeLimitsStore } from './testing/limits.suite.ts';
export { dumpTables, readOutbox } from './testing/read-tables.ts';
export { solveAltcha } from './testing/solve-altcha.ts';
export { type TestClock, testClock, testRequest, testSettings } from './testing/test-inputs.ts';
