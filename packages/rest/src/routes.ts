import type { ProcedurePath } from '@moonlight/trpc';
import type { NoRoute, Route, RouteTable } from './route.ts';
import { accountRoutes } from './routes/account.ts';
import { captchaRoutes } from './routes/captcha.ts';
import { codeRoutes } from './routes/codes.ts';
import { emailVerificationRoutes } from './routes/email-verification.ts';
import { passwordResetRoutes } from './routes/password-reset.ts';
import { registrationRoutes } from './routes/registration.ts';
import { sessionRoutes } from './routes/sessions.ts';

// A feature that is missing here does not compile.
const routes: RouteTable = {
  ...registrationRoutes,
  ...sessionRoutes,
  ...codeRoutes,
  ...emailVerificationRoutes,
  ...passwordResetRoutes,
  ...accountRoutes,
  ...captchaRoutes,
};

const isOffered = (route: Route | NoRoute): route is Route => 'paths' in route;
const isProcedurePath = (path: string): path is ProcedurePath => Object.hasOwn(routes, path);

export interface OfferedRoute {
  readonly procedure: ProcedurePath;
  readonly route: Route;
}

/** The procedures that the REST API offers, by feature. */
export const offeredRoutes: readonly OfferedRoute[] = Object.entries(routes).flatMap(([procedure, route]) =>
  isProcedurePath(procedure) && isOffered(route) ? [{ procedure, route }] : [],
);
