export { type FaultyProxy, freePort, startFaultyProxy } from '@moonlight/test-servers';
export { type RunningRedis, startRedis, startSentinel } from './testing/start-redis.ts';
export { type RunningCluster, startCluster } from './testing/start-cluster.ts';
