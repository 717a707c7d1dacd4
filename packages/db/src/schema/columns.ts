import { timestamp, uuid } from 'drizzle-orm/pg-core';

/** A UUIDv7 made by the service: sortable by time, not countable. */
export const id = () => uuid('id').primaryKey();

/** A point in time with millisecond precision, the precision of the service's clock. */
export const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
