export { type RedisLimitsOptions, type RedisLimitsStore, redisLimitsStore } from './redis-limits-store.ts';
