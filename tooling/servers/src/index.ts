export { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
export { freePort } from './free-port.ts';
export { type RunningHaproxy, startHaproxy } from './start-haproxy.ts';
export { type RunningPgbouncer, startPgbouncer } from './start-pgbouncer.ts';
