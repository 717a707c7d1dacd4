import { z } from 'zod';
import { captchaField } from './captcha.ts';
import { emailField } from './fields.ts';

export const CODE_PATTERN = /^[0-9]{6}$/;

/** A mailed code: six digits. */
export const codeField = z
  .string()
  .regex(CODE_PATTERN)
  .meta({ description: 'The six digits from the mail', example: '042195' });

/** The purpose of a code. */
export const codePurposeSchema = z.enum(['register', 'reset_password']);
export type CodePurpose = z.infer<typeof codePurposeSchema>;

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
