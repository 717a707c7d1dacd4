import { violatedUniqueIndex } from '@moonlight/db';
import { AuthError } from '../auth-error.ts';

/** Turns the unique index that two racing registrations met into the refusal of the later one; others pass through. */
export const takenError = (error: unknown): unknown => {
  const index = violatedUniqueIndex(error);
  if (index === 'users_email_key') return new AuthError('EMAIL_TAKEN', { cause: error });
  if (index === 'users_username_key') return new AuthError('USERNAME_TAKEN', { cause: error });
  return error;
};
