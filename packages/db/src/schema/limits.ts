import { index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { time } from './columns.ts';

/**
 * The counters of the limits, for a service without Redis. Keys are hashed, so they contain no email or IP address. The
 * table is UNLOGGED (migration 5): counting waits for no disk, and a crash of PostgreSQL empties it.
 */
export const limits = pgTable(
  'limits',
  {
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    /** When the counter starts again at 0. */
    resetsAt: time('resets_at').notNull(),
    /** Until this moment every call is refused, whatever the count. */
    blockedUntil: time('blocked_until'),
  },
  (table) => [index('limits_resets_at_idx').on(table.resetsAt)],
);
