import type { Executor } from '@moonlight/db';
import { secondsAfter } from '../clock.ts';
import type { AuthDeps } from '../deps.ts';
import { newId } from '../random.ts';
import { seal } from '../secrets/seal.ts';
import type { Mail } from './mail.ts';
import { insertOutboxRow } from './outbox-store.ts';

// A notification reaches the worker within milliseconds. After this time the relay treats it as lost.
export const NOTIFY_GRACE_SECONDS = 5;

/**
 * Promises a mail in the caller's transaction and answers its outbox id; hand that to `notifyWorker` after the commit. The
 * mail is tried for `ttlSeconds`: as long as its link or code lives.
 */
export const enqueueMail = async (
  deps: AuthDeps & { readonly tx: Executor },
  mail: Mail,
  ttlSeconds: number,
): Promise<string> => {
  const now = deps.clock.now();
  const id = newId(deps.random, now);
  const payload = seal({ key: deps.secrets.outbox, context: id, plaintext: JSON.stringify(mail) }, deps.random);
  await insertOutboxRow(deps.tx, {
    id,
    kind: mail.kind,
    payload,
    createdAt: now,
    dueAt: secondsAfter(now, NOTIFY_GRACE_SECONDS),
    expiresAt: secondsAfter(now, ttlSeconds),
  });
  return id;
};

/** Tells the worker at once. Nobody waits for it, and when it is lost the relay's next look finds the row. */
export const notifyWorker = ({ mailQueue, log }: AuthDeps, outboxId: string): void => {
  mailQueue.add([outboxId]).catch((error: unknown) => {
    log.warn({ err: error, outboxId }, 'the mail queue did not answer; the relay will find the mail');
  });
};
