import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { id, time } from './columns.ts';

/** Events of accounts, without secrets. No foreign key, because entries are kept when the account is deleted. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: id(),
    at: time('at').notNull(),
    event: text('event').notNull(),
    userId: uuid('user_id'),
    ip: text('ip'),
    userAgent: text('user_agent'),
    requestId: text('request_id'),
    details: jsonb('details'),
  },
  (table) => [index('audit_log_at_idx').on(table.at), index('audit_log_user_idx').on(table.userId, table.at)],
);
