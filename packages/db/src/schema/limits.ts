import { index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { time } from './columns.ts';

/** Counters of the limits, when they live in PostgreSQL. Keys are hashed: no address stands here. */
export const limits = pgTable(
  'limits',
  {
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    /** When the counter starts anew. */
    resetsAt: time('resets_at').notNull(),
    /** Until then nothing is let through, whatever the count. */
    blockedUntil: time('blocked_until'),
  },
  (table) => [index('limits_resets_at_idx').on(table.resetsAt)],
);
