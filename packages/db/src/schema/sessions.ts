import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { id, time } from './columns.ts';
import { users } from './users.ts';

/** One row for each login. A refresh increments the counter; the refresh token itself is derived and not stored. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    counter: integer('counter').notNull().default(0),
    createdAt: time('created_at').notNull(),
    rotatedAt: time('rotated_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at'),
    revokeReason: text('revoke_reason', {
      enum: ['logout', 'revoked', 'reuse', 'password_changed', 'password_reset', 'limit', 'restored'],
    }),
    /** The secret that signs the current refresh token, by its id; null if the session is from a release without it. */
    secretId: text('secret_id'),
    ip: text('ip'),
    userAgent: text('user_agent'),
  },
  // No index contains a column that a refresh changes: then PostgreSQL updates only the row (HOT), and no index.
  (table) => [
    index('sessions_user_idx').on(table.userId),
    // Ended sessions of an account may be many; a login counts the others. Only ending a session changes this index.
    index('sessions_not_ended_idx')
      .on(table.userId)
      .where(sql`${table.revokedAt} is null`),
  ],
);
