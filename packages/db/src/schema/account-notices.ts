import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, uuid } from 'drizzle-orm/pg-core';
import { time } from './columns.ts';
import { users } from './users.ts';

/** What was above the limit, by kind of notice. */
type HeldNotices = Readonly<Record<string, { readonly count: number; readonly lastAt: string }>>;

/** The notices that an account got in the current hour. A row without held notices is worthless when its hour ends. */
export const accountNotices = pgTable(
  'account_notices',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** An hour after the first of them. */
    windowEndsAt: time('window_ends_at').notNull(),
    mailed: integer('mailed').notNull(),
    /** Null until a notice is held back; then all later ones are, until they are merged into one mail. */
    held: jsonb('held').$type<HeldNotices>(),
  },
  (table) => [
    index('account_notices_held_idx')
      .on(table.windowEndsAt)
      .where(sql`${table.held} is not null`),
    index('account_notices_ended_idx')
      .on(table.windowEndsAt)
      .where(sql`${table.held} is null`),
  ],
);
