import { z } from 'zod';
import { linkTokenField } from './fields.ts';

export const verifyEmailInput = z.strictObject({ token: linkTokenField });
export type VerifyEmailInput = z.infer<typeof verifyEmailInput>;
export const verifyEmailOutput = z.object({ status: z.enum(['verified', 'already_verified']) });
export type VerifyEmailOutput = z.infer<typeof verifyEmailOutput>;
