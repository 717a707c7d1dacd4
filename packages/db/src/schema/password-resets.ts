import { sql } from 'drizzle-orm';
import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { id, time } from './columns.ts';
import { users } from './users.ts';

/** Links that reset a password, by the SHA-256 of their token. */
export const passwordResets = pgTable(
  'password_resets',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    replacedAt: time('replaced_at'),
    usedAt: time('used_at'),
  },
  (table) => [
    uniqueIndex('password_resets_token_hash_key').on(table.tokenHash),
    index('password_resets_user_idx').on(table.userId),
    uniqueIndex('password_resets_open_key')
      .on(table.userId)
      .where(sql`${table.replacedAt} is null and ${table.usedAt} is null`),
    index('password_resets_expires_at_idx')
      .on(table.expiresAt)
      .where(sql`${table.usedAt} is null`),
  ],
);
