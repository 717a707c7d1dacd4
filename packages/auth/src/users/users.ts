import type { User } from '@moonlight/contracts';
import { type Executor, type Tx, violatedUniqueIndex } from '@moonlight/db';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import { secondsAfter } from '../system.ts';
import {
  type AccountNames,
  deleteExpiredUsers,
  type Expiry,
  insertUserRow,
  isExpired,
  type NewUser,
  selectSameNames,
  selectUserByEmail,
  type UserRow,
} from './users-store.ts';

export {
  deleteUnverifiedUser,
  deleteUser,
  findPasswordHash,
  lockForLogin,
  lockPasswordHash,
  lockUser,
  markEmailVerified,
  recordLogin,
  setPasswordHash,
  type UserRow,
} from './users-store.ts';

/** An account as its owner may see it, without the password hash. */
export const toUser = (
  row: Omit<
    UserRow,
    'passwordHash' | 'firstLoginAt' | 'registrationIp' | 'registrationUserAgent' | 'invitedUntil' | 'deletesAt'
  >,
): User => ({
  id: row.id,
  email: row.email,
  username: row.username,
  isActive: row.isActive,
  isEmailVerified: row.emailVerifiedAt !== null,
  emailVerifiedAt: row.emailVerifiedAt?.toISOString() ?? null,
  locale: row.locale,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

type ExpiryDeps = Pick<AuthDeps, 'clock' | 'settings'>;

/** Accounts that were neither verified nor used expire; those created at this moment or before have expired. */
const expiryOf = ({ clock, settings }: ExpiryDeps): Expiry => {
  const now = clock.now();
  return { expiry: secondsAfter(now, -settings.accounts.unverifiedAccountSeconds), now };
};

/** The SQL condition for expired accounts; the clean-up removes them. */
export const isExpiredUser = (deps: ExpiryDeps) => isExpired(expiryOf(deps));

/** The account with this email, compared case-insensitively; undefined when there is none or it has expired. */
export const findUserByEmail = (tx: Executor, deps: AuthDeps, email: string): Promise<UserRow | undefined> =>
  selectUserByEmail(tx, email, expiryOf(deps));

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Whether a username is the service's own, such as `admin`: its owner could pose as an operator. */
const isReserved = ({ settings }: Pick<AuthDeps, 'settings'>, username: string): boolean =>
  settings.accounts.reservedUsernames.some((name) => plainName(name) === plainName(username));

/**
 * Which of the two belongs to another account; the email comes first when both do. A reserved username counts as taken:
 * the person must choose another one in either case. For a caller who has proved to own the mailbox, an account with the
 * email that was never verified takes neither, unless its deletion is planned.
 */
export const findTaken = async (
  tx: Executor,
  deps: AuthDeps,
  { isProven, ...names }: AccountNames & { readonly isProven: boolean },
): Promise<'EMAIL_TAKEN' | 'USERNAME_TAKEN' | undefined> => {
  const found = await selectSameNames(tx, names, expiryOf(deps));
  const rows = found.filter(({ sameEmail, isReplaceable }) => !(isProven && sameEmail && isReplaceable));
  if (rows.some(({ sameEmail }) => sameEmail)) return 'EMAIL_TAKEN';
  return rows.length > 0 || isReserved(deps, names.username) ? 'USERNAME_TAKEN' : undefined;
};

/**
 * Inserts an account and deletes expired accounts with the same email or username. Rejects when one of them is taken;
 * see `toConflictError`.
 */
export const insertUser = async (tx: Tx, deps: AuthDeps, user: NewUser): Promise<UserRow> => {
  await deleteExpiredUsers(tx, user, expiryOf(deps));
  return insertUserRow(tx, user, deps.clock.now());
};

/**
 * Turns a violation of a unique index by concurrent registrations into the refusal; other errors are returned as they
 * are.
 */
export const toConflictError = (error: unknown): unknown => {
  const index = violatedUniqueIndex(error);
  if (index === 'users_email_key') return new AuthError('EMAIL_TAKEN', { cause: error });
  if (index === 'users_username_key') return new AuthError('USERNAME_TAKEN', { cause: error });
  return error;
};
