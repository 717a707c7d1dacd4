import { router } from './procedures.ts';
import { account } from './routers/account.ts';
import { captcha } from './routers/captcha.ts';
import { codes } from './routers/codes.ts';
import { emailVerification } from './routers/email-verification.ts';
import { passwordReset } from './routers/password-reset.ts';
import { registration } from './routers/registration.ts';
import { sessions, sessionTokens } from './routers/sessions.ts';

/** Every procedure of the service and its path. */
export const appRouter = router({
  auth: router({ ...registration, ...sessionTokens, ...codes }),
  emailVerification: router(emailVerification),
  passwordReset: router(passwordReset),
  account: router(account),
  sessions: router(sessions),
  captcha: router(captcha),
});

export type AppRouter = typeof appRouter;
