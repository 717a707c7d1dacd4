import { z } from 'zod';

// C0 controls and DEL: an email never needs them, and CR LF would reach the headers of mails.
const CONTROL = /[\u0000-\u001f\u007f]/;

const codePointsWithin = (minimum: number, maximum: number) => (value: string) => {
  // A code point takes at most two UTF-16 units, so a longer string is refused before its code points are counted.
  if (value.length > maximum * 2) return false;
  const length = [...value].length;
  return length >= minimum && length <= maximum;
};

/** Free text of `minimum` to `maximum` Unicode code points, well-formed and without NUL; not changed in any way. */
export const text = (minimum: number, maximum: number) =>
  z
    .string()
    .refine(codePointsWithin(minimum, maximum), { params: { rule: 'length', minimum, maximum } })
    .refine((value) => value.isWellFormed() && !value.includes('\0'), { params: { rule: 'characters' } })
    .meta({ minLength: minimum, maxLength: maximum });

const trimmedEmail = z
  .string()
  .refine((value) => !CONTROL.test(value), { params: { rule: 'characters' } })
  .trim()
  .max(254);

// The grammar of zod, with at most 64 characters before the `@` (RFC 5321, 4.5.3.1.1), and without parts of the domain that
// begin or end with a hyphen (RFC 1123, 2.1).
const EMAIL_PATTERN =
  /^(?=[^@]{1,64}@)(?:[A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}$/;

/** An email address of at most 254 characters (RFC 5321, 4.5.3.1.3), trimmed; compared case-insensitively elsewhere. */
export const emailField = trimmedEmail.check(z.email({ pattern: EMAIL_PATTERN })).meta({
  description: 'Email address, at most 64 characters before the @; trimmed, compared case-insensitively',
  example: 'alice@example.com',
});

/** The email of an account. Releases before the grammar above registered some addresses that it refuses. */
export const accountEmailField = trimmedEmail
  .check(z.email())
  .meta({ description: 'Email address; trimmed, compared case-insensitively', example: 'alice@example.com' });

/** A new password: 8 to 128 code points of any kind (OWASP ASVS 5.0, 6.2.1 and 6.2.9), never trimmed or changed. */
export const newPasswordField = text(8, 128).meta({
  description: '8 to 128 characters of any kind',
  example: 'a long and quiet night',
});

/** A password to be checked. Short ones are accepted, so that the answer is about the credentials, not the format. */
export const passwordField = text(1, 128).meta({
  description: 'The account’s password, verified exactly as sent',
  example: 'a long and quiet night',
});

/** The token of a mailed link. Any text is accepted: an unknown token is LINK_INVALID, not a format error. */
export const linkTokenField = text(1, 512).meta({
  description: 'The `token` of a mailed link',
  example: 'kF2sV0cQy3mZ7uXh1TgB9wLrJ4oNeP8aD6iRfC5vUqE',
});

/** A point in time: ISO 8601, UTC. */
export const timeField = z.iso.datetime({ offset: true }).meta({ example: '2026-11-20T12:00:00.000Z' });

/** The input of a procedure without parameters: absent, or an object without keys. */
export const noInput = z.strictObject({}).optional();

/**
 * A mail was queued: its link or code is valid for `expiresIn` seconds; another may be requested after `retryAfter`
 * seconds.
 */
export const mailSentOutput = z
  .object({
    email: z.string().meta({ example: 'alice@example.com' }),
    expiresIn: z.int().positive().meta({ description: 'Seconds for which the link or code is valid', example: 900 }),
    retryAfter: z.int().nonnegative().meta({ description: 'Seconds until another mail may be requested', example: 60 }),
  })
  .meta({ id: 'MailSent' });
export type MailSentOutput = z.infer<typeof mailSentOutput>;
