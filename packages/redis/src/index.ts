export { connectRedis, type RedisClient, type RedisClientOptions } from './connect-redis.ts';
export { redisLimitsStore } from './redis-limits-store.ts';
