import { z } from 'zod';
import { newPasswordField, passwordField, timeField } from './fields.ts';
import { localeSchema } from './locale.ts';

/** An account as its owner sees it. */
export const userSchema = z
  .object({
    id: z.uuid().meta({ description: 'UUIDv7', example: '019aa0b5-6f00-7000-8000-000000000001' }),
    email: z.string().meta({ example: 'alice@example.com' }),
    username: z.string().meta({ example: 'alice' }),
    isActive: z.boolean(),
    isEmailVerified: z.boolean(),
    emailVerifiedAt: timeField.nullable(),
    locale: localeSchema,
    createdAt: timeField,
    updatedAt: timeField,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof userSchema>;

export const changePasswordInput = z.strictObject({ currentPassword: passwordField, newPassword: newPasswordField });
export type ChangePasswordInput = z.infer<typeof changePasswordInput>;
