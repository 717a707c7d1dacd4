import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { time } from './columns.ts';

/**
 * The newest code for each email and purpose; a new one overwrites the previous one, so only the newest is valid. Wrong
 * tries without a code are counted here too, in a row that was consumed from the beginning.
 */
export const verificationCodes = pgTable(
  'verification_codes',
  {
    /** In lower case. */
    email: text('email').notNull(),
    purpose: text('purpose', { enum: ['register', 'reset_password'] }).notNull(),
    codeHash: text('code_hash').notNull(),
    /** Wrong tries; those of an IP address that has none left do not count. */
    attempts: integer('attempts').notNull().default(0),
    /** Wrong tries of each IP address, by a keyed hash of it; about as many keys as `attempts` may reach. */
    attemptsByIp: jsonb('attempts_by_ip').$type<Record<string, number>>().notNull().default({}),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    consumedAt: time('consumed_at'),
  },
  (table) => [
    primaryKey({ columns: [table.email, table.purpose] }),
    index('verification_codes_expires_at_idx').on(table.expiresAt),
  ],
);
