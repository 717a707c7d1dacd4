import { z } from 'zod';
import { userSchema } from './account.ts';
import { captchaField } from './captcha.ts';
import { accountEmailField, passwordField, text, timeField } from './fields.ts';

// Header and claims of an access token of the user in the other examples, with a signature of 64 zero bytes.
const ACCESS_TOKEN_EXAMPLE = [
  'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjAxOWFhMGI1LTZmMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMiJ9',
  'eyJpc3MiOiJodHRwczovL2FjY291bnRzLmV4YW1wbGUuY29tIiwiYXVkIjoiaHR0cHM6Ly9hY2NvdW50cy5leGFtcGxlLmNvbSIsInN1YiI6IjAxOWFhMGI1LTZmMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMSIsInNpZCI6IjAxOWFhMGI1LTZmMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMyIsImp0aSI6IjAxOWFhMGI1LTZmMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwNCIsImlhdCI6MTc5NTE3NjAwMCwiZXhwIjoxNzk1MTc3ODAwLCJ0eXBlIjoiYWNjZXNzIiwiY2xpZW50X2lkIjoibW9vbmxpZ2h0IiwiZW1haWxfdmVyaWZpZWQiOnRydWV9',
  'A'.repeat(86),
].join('.');

/** An access token and the refresh token that renews it; `expiresIn` is the access token's lifetime in seconds. */
export const tokensSchema = z
  .object({
    accessToken: z.string().meta({
      description: 'A JWT, for `Authorization: Bearer`',
      example: ACCESS_TOKEN_EXAMPLE,
    }),
    refreshToken: z.string().meta({
      description: 'Opaque; renews both tokens, once',
      example: 'AQGh-O1WUnZdvnhdmauVn3IAAAAABzzBQmIeoWdZsUXm4nkrxcumB_Oxbhe3G24jkT7l8iQ',
    }),
    tokenType: z.literal('bearer'),
    expiresIn: z.int().positive().meta({ description: 'Seconds for which the access token is valid', example: 1800 }),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.infer<typeof tokensSchema>;

export const loginInput = z.strictObject({
  email: accountEmailField,
  password: passwordField,
  captcha: captchaField.optional(),
});
export type LoginInput = z.infer<typeof loginInput>;

export const loginOutput = z.object({ user: userSchema, tokens: tokensSchema });
export type LoginOutput = z.infer<typeof loginOutput>;

/**
 * An opaque refresh token. Any text is accepted, for instance an access token: what is not a refresh token of the
 * service is REFRESH_TOKEN_INVALID.
 */
export const refreshTokenField = text(1, 4096).meta({
  description: 'The refresh token as it was issued',
  example: 'AQGh-O1WUnZdvnhdmauVn3IAAAAABzzBQmIeoWdZsUXm4nkrxcumB_Oxbhe3G24jkT7l8iQ',
});

export const refreshInput = z.strictObject({ refreshToken: refreshTokenField });
export type RefreshInput = z.infer<typeof refreshInput>;

export const logoutInput = z.strictObject({ refreshToken: refreshTokenField.optional() }).optional();
export type LogoutInput = z.infer<typeof logoutInput>;

const sessionId = z.uuid().meta({ description: 'UUIDv7', example: '019aa0b5-6f00-7000-8000-000000000003' });

/** One login of the account, on one device. */
export const sessionSchema = z
  .object({
    id: sessionId,
    current: z.boolean().meta({ description: 'Whether this request was made with the session' }),
    createdAt: timeField,
    lastUsedAt: timeField,
    expiresAt: timeField,
    userAgent: z.string().nullable().meta({ example: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0' }),
    ip: z.string().nullable().meta({ description: 'The IP address from which it was opened', example: '203.0.113.7' }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof sessionSchema>;

export const sessionsListOutput = z.array(sessionSchema);
export const revokeSessionInput = z.strictObject({ id: sessionId });
export type RevokeSessionInput = z.infer<typeof revokeSessionInput>;
export const revokeOthersOutput = z.object({ revoked: z.int().nonnegative() });
export type RevokeOthersOutput = z.infer<typeof revokeOthersOutput>;
