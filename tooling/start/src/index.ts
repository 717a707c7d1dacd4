export type { Message } from './inbox/message.ts';
export { type Inbox, startInbox } from './inbox/start-inbox.ts';
export { runChild, type RunningChild } from './run-child.ts';
export { waitUntilHealthy } from './wait-until-healthy.ts';
