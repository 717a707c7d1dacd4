import { EventEmitter } from 'node:events';
import type { PgPoolClient } from 'bullmq';
import type { PoolClient } from 'pg';

/**
 * A pooled connection as BullMQ listens on it. BullMQ strips all listeners off a connection it gives up; the real one
 * keeps ours, because an error that nobody hears would end the process. BullMQ does not see the socket either:
 * where it believes it would notice a dead one, it waits an hour before it looks for jobs by itself instead of ten seconds.
 */
export const listeningClient = (client: PoolClient): PgPoolClient => {
  const events = new EventEmitter();
  client.on('notification', (message) => events.emit('notification', message));
  client.on('error', (error) => {
    if (events.listenerCount('error') > 0) events.emit('error', error);
  });
  return Object.assign(events, {
    query: (text: string, params: readonly unknown[] = []) => client.query(text, [...params]),
    release: (destroy?: boolean) => client.release(destroy),
  });
};
