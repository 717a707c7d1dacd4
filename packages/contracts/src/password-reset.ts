import { z } from 'zod';
import { captchaField } from './captcha.ts';
import { codeField } from './codes.ts';
import { emailField, linkTokenField, newPasswordField } from './fields.ts';

export const sendPasswordResetInput = z.strictObject({ email: emailField, captcha: captchaField.optional() });
export type SendPasswordResetInput = z.infer<typeof sendPasswordResetInput>;

/** The new password with exactly one proof of the mailbox: a link's token, or an email and its code. */
export const confirmPasswordResetInput = z
  .strictObject({
    newPassword: newPasswordField,
    token: linkTokenField.optional(),
    email: emailField.optional(),
    code: codeField.optional(),
  })
  .superRefine((input, context) => {
    const require = (key: 'token' | 'email' | 'code', wanted: boolean) => {
      if ((input[key] !== undefined) === wanted) return;
      context.addIssue({ code: 'custom', path: [key], params: { rule: wanted ? 'required' : 'unwanted' } });
    };
    const byLink = input.token !== undefined || (input.email === undefined && input.code === undefined);
    require('token', byLink);
    require('email', !byLink);
    require('code', !byLink);
  });
export type ConfirmPasswordResetInput = z.infer<typeof confirmPasswordResetInput>;
