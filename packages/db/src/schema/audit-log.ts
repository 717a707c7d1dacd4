import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { time } from './columns.ts';

/**
 * Events of accounts, without secrets. No foreign key, because entries are kept when the account is deleted. Partitioned by
 * month, which Drizzle cannot express: see the migration `audit_log_by_month`. No primary key, because it would have to
 * contain `at`, and no statement needs one.
 */
export const auditLog = pgTable(
  'audit_log',
  {
    id: uuid('id').notNull(),
    at: time('at').notNull(),
    event: text('event').notNull(),
    userId: uuid('user_id'),
    ip: text('ip'),
    userAgent: text('user_agent'),
    requestId: text('request_id'),
    details: jsonb('details'),
  },
  (table) => [index('audit_log_user_idx').on(table.userId, table.at)],
);
