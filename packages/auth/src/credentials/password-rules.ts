/*! common-passwords.json is from @zxcvbn-ts/language-common.

Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.
Copyright (c) 2021 @zxcvbn-ts

Permission is hereby granted, free of charge, to any person obtaining
a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to
permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be
included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND,
EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION
OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
*/
import { AuthError } from '../auth-error.ts';
import passwords from './common-passwords.json' with { type: 'json' };

/**
 * A password as it is compared with common ones: compatibility forms (NFKC, for instance full-width letters) and case
 * do not matter.
 */
export const foldPassword = (password: string): string => password.normalize('NFKC').toLowerCase();

/**
 * The most frequent passwords with 8 to 128 characters, about 18,000, folded by `foldPassword`. The set takes about 3
 * ms to build and 1.2 MiB of memory; a look-up takes less than 1 µs. `pnpm run generate:common-passwords` writes the
 * list.
 */
const commonPasswords: ReadonlySet<string> = new Set(passwords);

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
