import { sql } from 'drizzle-orm';
import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { id, time } from './columns.ts';
import { users } from './users.ts';

/** Links that verify an email, by the SHA-256 of their token. */
export const emailVerifications = pgTable(
  'email_verifications',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    replacedAt: time('replaced_at'),
    verifiedAt: time('verified_at'),
  },
  (table) => [
    uniqueIndex('email_verifications_token_hash_key').on(table.tokenHash),
    index('email_verifications_user_idx').on(table.userId),
    uniqueIndex('email_verifications_open_key')
      .on(table.userId)
      .where(sql`${table.replacedAt} is null and ${table.verifiedAt} is null`),
    index('email_verifications_expires_at_idx')
      .on(table.expiresAt)
      .where(sql`${table.verifiedAt} is null`),
  ],
);
