import type { CheckEmailInput, CheckEmailOutput } from '@moonlight/contracts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import { takeCheckEmailLimit } from '../rate-limit/registration-limits.ts';
import type { RequestInfo } from '../request-info.ts';
import { findUserByEmail } from '../users/users-store.ts';

/** Says whether an address is registered. In strict privacy there is no such thing (NOT_FOUND). Throws RATE_LIMITED. */
export const checkEmail = async (
  deps: AuthDeps,
  { email }: CheckEmailInput,
  request: RequestInfo,
): Promise<CheckEmailOutput> => {
  if (deps.settings.accounts.privacy === 'strict') throw new AuthError('NOT_FOUND');
  await takeCheckEmailLimit(deps, request);
  return { exists: (await findUserByEmail({ ...deps, tx: deps.db }, email)) !== undefined };
};
