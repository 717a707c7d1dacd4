import { sql } from 'drizzle-orm';
import { boolean, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { id, time } from './columns.ts';

/**
 * One row for each account. Email and username are stored as typed and compared in lower case; a migration sees to it that
 * every database folds ASCII letters as JavaScript does.
 */
export const users = pgTable(
  'users',
  {
    id: id(),
    email: text('email').notNull(),
    username: text('username').notNull(),
    passwordHash: text('password_hash').notNull(),
    locale: text('locale', { enum: ['en', 'zh-CN'] }).notNull(),
    isActive: boolean('is_active').notNull().default(true),
    emailVerifiedAt: time('email_verified_at'),
    /** Null until the first login; an account that is neither verified nor used expires and is removed. */
    firstLoginAt: time('first_login_at'),
    /** Until when an invited account is kept although it was never used; null for an account that was registered. */
    invitedUntil: time('invited_until'),
    /** When the clean-up may erase the account; null unless its deletion is planned. */
    deletesAt: time('deletes_at'),
    /** Who registered, for the owner of the mailbox; removed when the email is verified. */
    registrationIp: text('registration_ip'),
    registrationUserAgent: text('registration_user_agent'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('users_email_key').on(sql`lower(${table.email})`),
    uniqueIndex('users_username_key').on(sql`lower(${table.username})`),
    // For the clean-up, which searches for a few rows among millions.
    index('users_never_used_idx')
      .on(table.createdAt)
      .where(sql`${table.emailVerifiedAt} is null and ${table.firstLoginAt} is null`),
    index('users_deletes_at_idx')
      .on(table.deletesAt)
      .where(sql`${table.deletesAt} is not null`),
  ],
);
