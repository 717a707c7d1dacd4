import { z } from 'zod';
import { captchaField } from './captcha.ts';
import { emailField, linkTokenField } from './fields.ts';

export const resendVerificationInput = z.strictObject({ email: emailField, captcha: captchaField.optional() });
export type ResendVerificationInput = z.infer<typeof resendVerificationInput>;

export const verifyEmailInput = z.strictObject({ token: linkTokenField });
export type VerifyEmailInput = z.infer<typeof verifyEmailInput>;
export const verifyEmailOutput = z.object({ status: z.enum(['verified', 'already_verified']) });
export type VerifyEmailOutput = z.infer<typeof verifyEmailOutput>;
