import { z } from 'zod';
import { userSchema } from './account.ts';
import { codeField, emailField, newPasswordField, usernameField } from './fields.ts';
import { localeSchema } from './locale.ts';
import { tokensSchema } from './sessions.ts';

export const registerInput = z.strictObject({
  email: emailField,
  username: usernameField,
  password: newPasswordField,
  code: codeField.optional(),
  locale: localeSchema.optional().meta({ description: 'Language of mails; Accept-Language where omitted' }),
});
export type RegisterInput = z.infer<typeof registerInput>;

/** `tokens` is null where a link was mailed instead of a code checked. */
export const registerOutput = z.object({ user: userSchema, tokens: tokensSchema.nullable() });
export type RegisterOutput = z.infer<typeof registerOutput>;

export const checkEmailInput = z.strictObject({ email: emailField });
export type CheckEmailInput = z.infer<typeof checkEmailInput>;
export const checkEmailOutput = z.object({ exists: z.boolean() });
export type CheckEmailOutput = z.infer<typeof checkEmailOutput>;
