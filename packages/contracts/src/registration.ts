import { z } from 'zod';
import { userSchema } from './account.ts';
import { codeField } from './codes.ts';
import { emailField, newPasswordField } from './fields.ts';
import { localeSchema } from './locale.ts';
import { tokensSchema } from './sessions.ts';

export const USERNAME_PATTERN = /^[A-Za-z][A-Za-z0-9_]{2,19}$/;

/** A letter, then 2 to 19 letters, digits or underscores. */
export const usernameField = z
  .string()
  .regex(USERNAME_PATTERN)
  .meta({ description: 'Unique, compared case-insensitively', example: 'alice' });

export const registerInput = z.strictObject({
  email: emailField,
  username: usernameField,
  password: newPasswordField,
  code: codeField.optional(),
  locale: localeSchema.optional().meta({ description: 'Language of mails; Accept-Language where omitted' }),
});
export type RegisterInput = z.infer<typeof registerInput>;

/** `tokens` is null when a verification link was mailed, because no code was given. */
export const registerOutput = z.object({ user: userSchema, tokens: tokensSchema.nullable() });
export type RegisterOutput = z.infer<typeof registerOutput>;

export const checkEmailInput = z.strictObject({ email: emailField });
export type CheckEmailInput = z.infer<typeof checkEmailInput>;
export const checkEmailOutput = z.object({ exists: z.boolean() });
export type CheckEmailOutput = z.infer<typeof checkEmailOutput>;
