import { z } from 'zod';
import { captchaField } from './captcha.ts';
import { emailField, linkTokenField, timeField } from './fields.ts';

export const resendVerificationInput = z.strictObject({ email: emailField, captcha: captchaField.optional() });
export type ResendVerificationInput = z.infer<typeof resendVerificationInput>;

export const verifyEmailInput = z.strictObject({ token: linkTokenField });
export type VerifyEmailInput = z.infer<typeof verifyEmailInput>;
export const verifyEmailOutput = z.object({ status: z.enum(['verified', 'already_verified']) });
export type VerifyEmailOutput = z.infer<typeof verifyEmailOutput>;

/** Who registered an account, for the owner of its mailbox; null where it is not known. */
const registrationSchema = z
  .object({
    username: z.string(),
    registeredAt: timeField,
    ip: z.string().nullable(),
    browser: z.string().nullable(),
    system: z.string().nullable(),
  })
  .meta({ id: 'Registration' });
export type Registration = z.infer<typeof registrationSchema>;

export const inspectLinkOutput = z.object({
  status: z.enum(['open', 'already_verified']),
  registration: registrationSchema.nullable().meta({ description: 'Null once the email is verified' }),
});
export type InspectLinkOutput = z.infer<typeof inspectLinkOutput>;
