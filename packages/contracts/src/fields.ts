import { z } from 'zod';

// C0 controls and DEL: none of them belongs into an address, a name or a token, and CR LF would reach mail headers.
const CONTROL = /[\u0000-\u001f\u007f]/;

const codePointsWithin = (minimum: number, maximum: number) => (value: string) => {
  // A code point takes two UTF-16 units at most, so anything longer is refused before it is counted.
  if (value.length > maximum * 2) return false;
  const length = [...value].length;
  return length >= minimum && length <= maximum;
};

/** Free text of `minimum` to `maximum` Unicode code points, well-formed and without NUL; kept exactly as sent. */
export const text = (minimum: number, maximum: number) =>
  z
    .string()
    .refine(codePointsWithin(minimum, maximum), { params: { rule: 'length', minimum, maximum } })
    .refine((value) => value.isWellFormed() && !value.includes('\0'), { params: { rule: 'characters' } })
    .meta({ minLength: minimum, maxLength: maximum });

/** An e-mail address of at most 254 characters (RFC 5321, 4.5.3.1.3), trimmed; compared case-insensitively elsewhere. */
export const emailField = z
  .string()
  .refine((value) => !CONTROL.test(value), { params: { rule: 'characters' } })
  .trim()
  .max(254)
  .check(z.email())
  .meta({ description: 'E-mail address; trimmed, compared case-insensitively', example: 'alice@example.com' });

export const USERNAME_PATTERN = /^[A-Za-z][A-Za-z0-9_]{2,19}$/;
export const CODE_PATTERN = /^[0-9]{6}$/;

/** A letter, then 2 to 19 letters, digits or underscores. */
export const usernameField = z
  .string()
  .regex(USERNAME_PATTERN)
  .meta({ description: 'Unique, compared case-insensitively', example: 'alice' });

/** A new password: 8 to 128 code points of any kind (OWASP ASVS 5.0, 6.2.1 and 6.2.9), never trimmed or changed. */
export const newPasswordField = text(8, 128).meta({
  description: '8 to 128 characters of any kind',
  example: 'a long and quiet night',
});

/** A password to be checked; short ones are let through so that the answer is about credentials, not about shape. */
export const passwordField = text(1, 128).meta({
  description: 'The account’s password, verified exactly as sent',
  example: 'a long and quiet night',
});

/** A mailed code: six digits. */
export const codeField = z
  .string()
  .regex(CODE_PATTERN)
  .meta({ description: 'The six digits from the mail', example: '042195' });

/** What a mailed link carries. Any text is let through: what we never made is LINK_INVALID, not a shape mistake. */
export const linkTokenField = text(1, 512).meta({
  description: 'The `token` of a mailed link',
  example: 'kF2sV0cQy3mZ7uXh1TgB9wLrJ4oNeP8aD6iRfC5vUqE',
});

/**
 * An opaque refresh token. Any text is let through, an access token by mistake for one: what we never made is
 * REFRESH_TOKEN_INVALID.
 */
export const refreshTokenField = text(1, 4096).meta({
  description: 'The refresh token as it was issued',
  example: 'AQGh-O1WUnZdvnhdmauVn3IAAAAABzzBQmIeoWdZsUXm4nkrxcumB_Oxbhe3G24jkT7l8iQ',
});

/** A captcha widget's payload, as the provider made it. */
export const captchaField = text(1, 8192).meta({
  description: 'The solved captcha: the widget’s payload',
  example: 'eyJjaGFsbGVuZ2UiOnsicGFyYW1ldGVycyI6eyJhbGdvcml0aG0iOiJQQktERjIvU0hBLTI1NiJ9fX0=',
});

/** A point in time: ISO 8601, UTC. */
export const timeField = z.iso.datetime({ offset: true }).meta({ example: '2026-11-20T12:00:00.000Z' });

/** The input of a procedure that takes nothing: absent, or an object without keys. */
export const noInput = z.strictObject({}).optional();

/** A mail is on its way: what it holds lives `expiresIn` seconds, the next may be asked for after `retryAfter` seconds. */
export const mailSentOutput = z
  .object({
    email: z.string().meta({ example: 'alice@example.com' }),
    expiresIn: z.int().positive().meta({ description: 'Seconds the link or code lives', example: 900 }),
    retryAfter: z.int().nonnegative().meta({ description: 'Seconds until another mail may be asked for', example: 60 }),
  })
  .meta({ id: 'MailSent' });
export type MailSentOutput = z.infer<typeof mailSentOutput>;
