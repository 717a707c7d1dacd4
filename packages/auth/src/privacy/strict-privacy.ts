import type { Locale, RequestedMail } from '@moonlight/contracts';
import type { AuthSettings } from '../deps.ts';
import type { UserRow } from '../users/users.ts';

/**
 * Whether a login treats this account as unknown: in strict privacy, callers must not learn that an email is
 * unverified.
 */
export const isConcealed = ({ accounts }: AuthSettings, user: UserRow): boolean =>
  accounts.privacy === 'strict' && user.emailVerifiedAt === null;

/**
 * The mail that is sent instead of a link or code when the email does not fit the purpose, such as registering with a
 * known email or resetting the password of an unknown one. Only the owner of the mailbox learns whether there is an
 * account.
 */
export const existenceNotice = (
  { frontendUrl }: AuthSettings,
  { email, user, locale }: { email: string; user: UserRow | undefined; locale: Locale },
): RequestedMail =>
  user === undefined
    ? { to: email, locale, kind: 'no-account', registerUrl: `${frontendUrl}/register` }
    : {
        to: user.email,
        locale: user.locale,
        username: user.username,
        kind: 'account-exists',
        loginUrl: `${frontendUrl}/login`,
        resetUrl: `${frontendUrl}/forgot-password`,
      };
