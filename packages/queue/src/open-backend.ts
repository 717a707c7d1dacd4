import type { Backend, Role } from './backend.ts';
import { openPostgres } from './open-postgres.ts';
import type { QueueOptions } from './queue-options.ts';
import { openRedis } from './open-redis.ts';

/** Redis when it was configured, PostgreSQL otherwise. Connects lazily. */
export const openBackend = (options: QueueOptions, role: Role): Backend =>
  options.redisUrls === undefined || options.redisUrls.length === 0
    ? openPostgres(options, role)
    : openRedis(options.redisUrls, role, options);
