import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { time } from './columns.ts';

/** The newest code for each email and purpose; a new one overwrites the previous one, so only the newest is valid. */
export const verificationCodes = pgTable(
  'verification_codes',
  {
    /** In lower case. */
    email: text('email').notNull(),
    purpose: text('purpose', { enum: ['register', 'reset_password'] }).notNull(),
    codeHash: text('code_hash').notNull(),
    attempts: integer('attempts').notNull().default(0),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    consumedAt: time('consumed_at'),
  },
  (table) => [
    primaryKey({ columns: [table.email, table.purpose] }),
    index('verification_codes_expires_at_idx').on(table.expiresAt),
  ],
);
