export { type FaultyProxy, startFaultyProxy } from './testing/faulty-proxy.ts';
export { freePort } from './testing/free-port.ts';
export { type RunningRedis, startRedis, startSentinel } from './testing/start-redis.ts';
