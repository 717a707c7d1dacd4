import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { time } from './columns.ts';

/**
 * Captcha solutions that were used, stored until they have expired. The table is UNLOGGED (migration 5): after a crash of
 * PostgreSQL a solution can be used again, for the minutes until it expires.
 */
export const spentCaptchas = pgTable(
  'spent_captchas',
  { hash: text('hash').primaryKey(), expiresAt: time('expires_at').notNull() },
  (table) => [index('spent_captchas_expires_at_idx').on(table.expiresAt)],
);
