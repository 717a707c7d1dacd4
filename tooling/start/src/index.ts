export type { Message } from './inbox/mailbox.ts';
export { type Inbox, startInbox } from './inbox/start-inbox.ts';
export { runChild, type RunningChild, waitUntilHealthy } from './run-child.ts';
