export type * from './api.gen.ts';
export { errorStatuses } from './api.gen.ts';
export { createMoonlightClient, type MoonlightClient, type MoonlightClientOptions } from './create-moonlight-client.ts';
export {
  type ErrorData,
  isMoonlightError,
  isNetworkError,
  type MoonlightError,
  type ValidationDetail,
} from './errors.ts';
export type { MoonlightEvents } from './events.ts';
export {
  memoryStore,
  type SessionStore,
  type StorageArea,
  type StoredSession,
  webStorageStore,
} from './session-store.ts';
