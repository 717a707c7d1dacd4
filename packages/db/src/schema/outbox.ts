import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { id, time } from './columns.ts';

/** Queued mails. The payload is sealed, and wiped when the mail was sent, was refused or has expired. */
export const outbox = pgTable(
  'outbox',
  {
    id: id(),
    /** How it is delivered; each channel has a sender of its own. */
    channel: text('channel', { enum: ['email'] })
      .notNull()
      .default('email'),
    kind: text('kind').notNull(),
    /**
     * A worker that sends a mail sets `sending`, and not only a lease, because workers of the release before lock and send any
     * row that is `pending`.
     */
    state: text('state', { enum: ['pending', 'sending', 'sent', 'refused', 'expired'] })
      .notNull()
      .default('pending'),
    payload: text('payload'),
    attempts: integer('attempts').notNull().default(0),
    createdAt: time('created_at').notNull(),
    /** When a worker may send it (again): for `sending`, the end of the lease of the worker that is sending it. */
    dueAt: time('due_at').notNull(),
    /** After this moment the mail is not sent any more, because its link or code has expired. */
    expiresAt: time('expires_at').notNull(),
    finishedAt: time('finished_at'),
    /** Why the last attempt failed: a code or an error's name, never its message. */
    lastError: text('last_error'),
    /** Of the call that queued the mail; null for a mail that a worker queued. */
    requestId: text('request_id'),
    /** The span (W3C Trace Context) of that call; null if it was not traced. */
    traceparent: text('traceparent'),
  },
  (table) => [
    index('outbox_due_idx')
      .on(table.dueAt)
      .where(sql`${table.state} in ('pending', 'sending')`),
    index('outbox_finished_idx')
      .on(table.finishedAt)
      .where(sql`${table.finishedAt} is not null`),
  ],
);
