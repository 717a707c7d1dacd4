import { AuthError } from '../auth-error.ts';
import { isCommonPassword } from './common-passwords.ts';
import { foldPassword } from './fold-password.ts';

/** What everybody knows of an account, and so may not be its password. */
interface KnownOfAccount {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}

/** Throws PASSWORD_TOO_COMMON for a password of the bundled list, or one that is the account's address or name in any case. */
export const refuseCommonPassword = (password: string, { email, username }: KnownOfAccount): void => {
  const folded = foldPassword(password);
  const isKnown = [email, username].some((known) => known !== undefined && foldPassword(known) === folded);
  if (isKnown || isCommonPassword(password)) throw new AuthError('PASSWORD_TOO_COMMON');
};
