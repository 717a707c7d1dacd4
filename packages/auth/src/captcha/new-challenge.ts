import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';

/** A fresh challenge, as the provider's widget wants it. Throws NOT_FOUND for providers that hand out their own. */
export const newChallenge = async ({ captcha }: AuthDeps): Promise<Readonly<Record<string, unknown>>> => {
  if (captcha?.challenge === undefined) throw new AuthError('NOT_FOUND');
  return captcha.challenge();
};
