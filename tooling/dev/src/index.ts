export { buildApps, type BundledApp, bundleOf } from './build/build-apps.ts';
export type { Message } from './inbox/message.ts';
export { type Inbox, startInbox } from './inbox/start-inbox.ts';
export { runChild, type RunningChild } from './start/run-child.ts';
export { waitUntilHealthy } from './start/wait-until-healthy.ts';
