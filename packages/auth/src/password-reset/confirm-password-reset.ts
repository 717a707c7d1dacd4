import type { ConfirmPasswordResetInput } from '@moonlight/contracts';
import { AuthError } from '../auth-error.ts';
import { refuseCommonPassword } from '../credentials/refuse-common-password.ts';
import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';
import { resetByCode } from './reset-by-code.ts';
import { resetByLink } from './reset-by-link.ts';

/**
 * Sets a new password for whoever proves the mailbox, by a link's token or by a code. The address counts as verified
 * and every session ends. A disabled account stays disabled. Throws PASSWORD_TOO_COMMON, LINK_INVALID, LINK_EXPIRED,
 * LINK_USED, CODE_INVALID, CODE_EXPIRED, CODE_ATTEMPTS_EXCEEDED, OVERLOADED.
 */
export const confirmPasswordReset = async (
  deps: AuthDeps,
  { newPassword, token, email, code }: ConfirmPasswordResetInput,
  request: RequestInfo,
): Promise<null> => {
  refuseCommonPassword(newPassword, email === undefined ? {} : { email });
  if (token !== undefined) await resetByLink(deps, { newPassword, token }, request);
  else if (email !== undefined && code !== undefined) await resetByCode(deps, { newPassword, email, code }, request);
  else throw new AuthError('VALIDATION_FAILED');
  return null;
};
