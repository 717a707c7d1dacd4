import type { AuthDeps } from './deps.ts';
import { createAuthenticate } from './sessions/authenticate.ts';
import { widerLimitsStore } from './rate-limit/wider-limits-store.ts';
import { createRefresh } from './sessions/refresh.ts';

/** The domain, ready to use: its dependencies, and the two hot use cases with their statements prepared once. */
export interface Auth {
  readonly deps: AuthDeps;
  readonly authenticate: ReturnType<typeof createAuthenticate>;
  readonly refresh: ReturnType<typeof createRefresh>;
}

export const createAuth = (given: AuthDeps): Auth => {
  const deps = { ...given, limits: widerLimitsStore(given.limits) };
  return { deps, authenticate: createAuthenticate(deps), refresh: createRefresh(deps) };
};
