import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import type { RequestInfo } from '../request-info.ts';

/**
 * Lets nothing pass without a solved captcha, which it spends; with the provider `none` everything passes.
 * Throws CAPTCHA_REQUIRED without a payload, CAPTCHA_INVALID for a wrong, expired or replayed one.
 */
export const requireCaptcha = async (
  { captcha }: AuthDeps,
  payload: string | undefined,
  request: RequestInfo,
): Promise<void> => {
  if (captcha === null) return;
  if (payload === undefined) throw new AuthError('CAPTCHA_REQUIRED');
  if (!(await captcha.verify(payload, request.ip))) throw new AuthError('CAPTCHA_INVALID');
};
