import { z } from 'zod';
import { userSchema } from './account.ts';
import { captchaField, emailField, passwordField, refreshTokenField, timeField } from './fields.ts';

/** An access token and the refresh token that renews it; `expiresIn` is the access token's life in seconds. */
export const tokensSchema = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    tokenType: z.literal('bearer'),
    expiresIn: z.int().positive().meta({ description: 'Seconds the access token lives', example: 1800 }),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.infer<typeof tokensSchema>;

export const loginInput = z.strictObject({
  email: emailField,
  password: passwordField,
  captcha: captchaField.optional(),
});
export type LoginInput = z.infer<typeof loginInput>;

export const loginOutput = z.object({ user: userSchema, tokens: tokensSchema });
export type LoginOutput = z.infer<typeof loginOutput>;

export const refreshInput = z.strictObject({ refreshToken: refreshTokenField });
export type RefreshInput = z.infer<typeof refreshInput>;

export const logoutInput = z.strictObject({ refreshToken: refreshTokenField.optional() }).optional();
export type LogoutInput = z.infer<typeof logoutInput>;

/** A place where the owner is logged in. */
export const sessionSchema = z
  .object({
    id: z.uuid(),
    current: z.boolean().meta({ description: 'The session this request was made with' }),
    createdAt: timeField,
    lastUsedAt: timeField,
    expiresAt: timeField,
    userAgent: z.string().nullable(),
    ip: z.string().nullable(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof sessionSchema>;

export const sessionsListOutput = z.array(sessionSchema);
export const revokeSessionInput = z.strictObject({ id: z.uuid() });
export type RevokeSessionInput = z.infer<typeof revokeSessionInput>;
export const revokeOthersOutput = z.object({ revoked: z.int().nonnegative() });
export type RevokeOthersOutput = z.infer<typeof revokeOthersOutput>;
