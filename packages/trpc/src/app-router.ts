import { router } from './procedures.ts';
import { accountRouter } from './routers/account.ts';
import { authRouter } from './routers/auth.ts';
import { captchaRouter } from './routers/captcha.ts';
import { emailVerificationRouter } from './routers/email-verification.ts';
import { passwordResetRouter } from './routers/password-reset.ts';
import { sessionsRouter } from './routers/sessions.ts';

/** The whole surface of the service. */
export const appRouter = router({
  auth: authRouter,
  emailVerification: emailVerificationRouter,
  passwordReset: passwordResetRouter,
  account: accountRouter,
  sessions: sessionsRouter,
  captcha: captchaRouter,
});

export type AppRouter = typeof appRouter;
