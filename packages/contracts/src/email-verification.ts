import { z } from 'zod';
import { linkTokenField } from './fields.ts';

export const confirmEmailInput = z.strictObject({ token: linkTokenField });
export type ConfirmEmailInput = z.infer<typeof confirmEmailInput>;
export const confirmEmailOutput = z.object({ status: z.enum(['verified', 'already_verified']) });
export type ConfirmEmailOutput = z.infer<typeof confirmEmailOutput>;
