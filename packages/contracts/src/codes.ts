import { z } from 'zod';
import { captchaField, codeField, emailField } from './fields.ts';

/** What a code is for. */
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
