import type { Mail } from '@moonlight/contracts';
import type { Tx } from '@moonlight/db';
import type { AuthDeps } from '../deps.ts';
import { newId, secondsAfter } from '../system.ts';
import { sealPayload } from './mail-payload.ts';
import { insertOutboxRow } from './outbox-store.ts';

/** Notifies the worker that these outbox rows are due. If a notification is lost, the relay finds the row. */
export interface MailQueue {
  add(outboxIds: readonly string[]): Promise<void>;
}

// A notification reaches the worker within milliseconds. After this time the relay treats it as lost.
const NOTIFY_GRACE_SECONDS = 5;

/**
 * Queues a mail in the caller's transaction and returns its outbox id; pass that to `notifyWorker` after the commit.
 * Delivery is retried for `ttlSeconds`: as long as the link or code in the mail is valid.
 */
export const enqueueMail = async (
  tx: Tx,
  deps: AuthDeps,
  { mail, ttlSeconds }: { mail: Mail; ttlSeconds: number },
): Promise<string> => {
  const now = deps.clock.now();
  const id = newId(deps.random, now);
  await insertOutboxRow(tx, {
    id,
    channel: 'email',
    kind: mail.kind,
    payload: sealPayload(deps, { id, mail }),
    createdAt: now,
    dueAt: secondsAfter(now, NOTIFY_GRACE_SECONDS),
    expiresAt: secondsAfter(now, ttlSeconds),
  });
  return id;
};

/** Notifies the worker without waiting for the queue. If this fails, the relay finds the row within seconds. */
export const notifyWorker = ({ mailQueue, log }: AuthDeps, outboxId: string): void => {
  mailQueue.add([outboxId]).catch((error: unknown) => {
    log.warn({ err: error, outboxId }, 'the mail queue did not answer; the relay will find the mail');
  });
};
