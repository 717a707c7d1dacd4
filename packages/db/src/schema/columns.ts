import { timestamp, uuid } from 'drizzle-orm/pg-core';

/** A UUIDv7 that the service creates: sortable by time, and it does not reveal how many rows there are. */
export const id = () => uuid('id').primaryKey();

/** A point in time with millisecond precision, the precision of the service's clock. */
export const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
