import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { time } from './columns.ts';

/** Captcha solutions that were used, stored until they have expired. */
export const spentCaptchas = pgTable(
  'spent_captchas',
  { hash: text('hash').primaryKey(), expiresAt: time('expires_at').notNull() },
  (table) => [index('spent_captchas_expires_at_idx').on(table.expiresAt)],
);
