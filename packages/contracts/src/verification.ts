import { z } from 'zod';
import { captchaField, codeField, codePurposeSchema, emailField, linkTokenField } from './fields.ts';

/** A mail is on its way: what it holds lives `expiresIn` seconds, the next may be asked for after `retryAfter` seconds. */
export const mailSentOutput = z
  .object({
    email: z.string().meta({ example: 'alice@example.com' }),
    expiresIn: z.int().positive().meta({ description: 'Seconds the link or code lives', example: 900 }),
    retryAfter: z.int().nonnegative().meta({ description: 'Seconds until another mail may be asked for', example: 60 }),
  })
  .meta({ id: 'MailSent' });
export type MailSentOutput = z.infer<typeof mailSentOutput>;

export const confirmEmailInput = z.strictObject({ token: linkTokenField });
export type ConfirmEmailInput = z.infer<typeof confirmEmailInput>;
export const confirmEmailOutput = z.object({ status: z.enum(['verified', 'already_verified']) });
export type ConfirmEmailOutput = z.infer<typeof confirmEmailOutput>;

export const sendCodeInput = z.strictObject({
  email: emailField,
  type: codePurposeSchema,
  captcha: captchaField.optional(),
});
export type SendCodeInput = z.infer<typeof sendCodeInput>;

export const verifyCodeInput = z.strictObject({
  email: emailField,
  code: codeField,
  type: codePurposeSchema.default('register'),
});
export type VerifyCodeInput = z.infer<typeof verifyCodeInput>;
export const verifyCodeOutput = z.object({ valid: z.literal(true) });
export type VerifyCodeOutput = z.infer<typeof verifyCodeOutput>;
