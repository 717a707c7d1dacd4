export { freePort } from './testing/free-port.ts';
export { type SeverableProxy, startSeverableProxy } from './testing/severable-proxy.ts';
export { type RunningRedis, startRedis, startSentinel } from './testing/start-redis.ts';
