import type { Mail, Notice } from '@moonlight/contracts';
import type { Tx } from '@moonlight/db';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { countNoticeOfIp } from '../rate-limit/enforce-limits.ts';
import { newId, secondsAfter } from '../system.ts';
import { sealPayload } from './mail-payload.ts';
import { countNotice } from './notices-store.ts';
import { insertOutboxRow } from './outbox-store.ts';

/** Notifies the workers that mails are due. Of a mail whose notification was lost, the relay takes care. */
export interface MailQueue {
  notify(): Promise<void>;
}

/** A notice is still useful after a long outage of the mail server. */
export const NOTICE_TTL_SECONDS = 7 * 86_400;
const NOTICE_WINDOW_SECONDS = 3600;
const NOTICES_PER_WINDOW = 3;

// A new mail is due at once, also for a worker whose clock is behind by this much.
const CLOCK_SKEW_SECONDS = 86_400;

interface Queued<Kind extends Mail> {
  readonly mail: Kind;
  readonly ttlSeconds: number;
  /** The call that causes the mail; null where a worker does. The worker's lines about the mail carry its id. */
  readonly request: Pick<RequestInfo, 'requestId' | 'traceparent'> | null;
}

const insertMail = async (tx: Tx, deps: AuthDeps, { mail, ttlSeconds, request }: Queued<Mail>): Promise<string> => {
  const now = deps.clock.now();
  const id = newId(deps.random, now);
  await insertOutboxRow(tx, {
    id,
    channel: 'email',
    kind: mail.kind,
    payload: sealPayload(deps, { id, mail }),
    createdAt: now,
    dueAt: secondsAfter(now, -CLOCK_SKEW_SECONDS),
    expiresAt: secondsAfter(now, ttlSeconds),
    requestId: request?.requestId ?? null,
    traceparent: request?.traceparent ?? null,
  });
  return id;
};

/**
 * Queues a mail in the caller's transaction and returns its outbox id; pass that to `notifyWorker` after the commit.
 * Delivery is retried for `ttlSeconds`: as long as the link or code in the mail is valid. Notices are queued by
 * `enqueueNotice`.
 */
export const enqueueMail = (tx: Tx, deps: AuthDeps, queued: Queued<Exclude<Mail, Notice>>): Promise<string> =>
  insertMail(tx, deps, queued);

/** A notice without its recipient. */
type NoticeContent = Notice extends infer Each
  ? Each extends Notice
    ? Omit<Each, 'to' | 'locale' | 'username'>
    : never
  : never;

/** The outbox id of a notice; null if it was held back, or if its account gets none. Pass it to `sendNotice`. */
export interface QueuedNotice {
  readonly outboxId: string | null;
}

/**
 * Queues a notice to the owner of an account in the caller's transaction. An account gets three notices in an hour, of
 * all kinds together; the others are held back, and merged into one mail when the hour has ended. An account whose email
 * is not verified gets none: the address may be a stranger's.
 */
export const enqueueNotice = async (
  tx: Tx,
  deps: AuthDeps,
  {
    userId,
    notice,
    request,
  }: { userId: string; notice: NoticeContent; request: Pick<RequestInfo, 'requestId'> | null },
): Promise<QueuedNotice> => {
  const now = deps.clock.now();
  const windowEndsAt = secondsAfter(now, NOTICE_WINDOW_SECONDS);
  const counted = await countNotice(tx, { userId, kind: notice.kind, now, windowEndsAt, limit: NOTICES_PER_WINDOW });
  if (counted === undefined || counted.isHeld) return { outboxId: null };
  const { to, locale, username } = counted;
  const mail = { ...notice, to, locale, username };
  return { outboxId: await insertMail(tx, deps, { mail, ttlSeconds: NOTICE_TTL_SECONDS, request }) };
};

/** Notifies the worker without waiting for the queue. If this fails, the relay finds the row within seconds. */
export const notifyWorker = ({ mailQueue, log }: AuthDeps, outboxId: string): void => {
  mailQueue.notify().catch((error: unknown) => {
    log.warn({ err: error, outboxId }, 'the mail queue did not answer; the relay will find the mail');
  });
};

/** Call it after the commit: notifies the worker of a queued notice, and counts it for the caller's IP address. */
export const sendNotice = async (deps: AuthDeps, { outboxId }: QueuedNotice, request: RequestInfo): Promise<void> => {
  if (outboxId === null) return;
  notifyWorker(deps, outboxId);
  await countNoticeOfIp(deps, request);
};
