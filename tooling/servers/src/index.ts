export { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
export { freePort } from './free-port.ts';
