import { AuthError } from '../auth-error.ts';
import { commonPasswords } from './common-passwords.ts';

/**
 * A password as it is compared with common ones: compatibility forms (NFKC, for instance full-width letters) and case
 * do not matter.
 */
export const foldPassword = (password: string): string => password.normalize('NFKC').toLowerCase();

/** Whether a password is, in any case, in the bundled list of the most frequent ones (OWASP ASVS 5.0, 6.2.4). */
export const isCommonPassword = (password: string): boolean => commonPasswords.has(foldPassword(password));

/** Facts about an account that others may know, so that none of them may be its password. */
interface AccountNames {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}

/**
 * Throws PASSWORD_TOO_COMMON for a password in the bundled list, and for the account's email or username in any case.
 */
export const refuseCommonPassword = (password: string, { email, username }: AccountNames): void => {
  const folded = foldPassword(password);
  const isName = [email, username].some((name) => name !== undefined && foldPassword(name) === folded);
  if (isName || isCommonPassword(password)) throw new AuthError('PASSWORD_TOO_COMMON');
};
