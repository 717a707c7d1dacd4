import { transaction } from '@moonlight/db';
import { recordOperation } from '../audit/audit.ts';
import type { AuthDeps } from '../deps.ts';
import { notifyWorker } from '../outbox/enqueue-mail.ts';
import { type MailFilter, makeDue, selectMail, selectMails, type StoredMail } from './mails-store.ts';
import type { Operator } from './operator.ts';

export type { StoredMail } from './mails-store.ts';

/** The newest mails of the outbox that a filter leaves, without their content. */
export const listMails = ({ db }: AuthDeps, filter: MailFilter): Promise<StoredMail[]> => selectMails(db, filter);

/** A mail of the outbox without its content; undefined when there is none of that id. */
export const showMail = ({ db }: AuthDeps, id: string): Promise<StoredMail | undefined> => selectMail(db, id);

/**
 * Makes waiting mails due at once: the one with `id`, or all. Returns how many. A finished mail has no content any more, so
 * it cannot be sent again.
 */
export const retryMails = async (
  deps: AuthDeps,
  { id, operator: { actor, reason } }: { id: string | undefined; operator: Operator },
): Promise<number> => {
  const ids = await transaction(deps.db, async (tx) => {
    const due = await makeDue(tx, { id, now: deps.clock.now() });
    const details = { reason, mails: due.length };
    if (due.length > 0) await recordOperation(tx, deps, { event: 'mails_retried', actor, details });
    return due;
  });
  if (ids[0] !== undefined) notifyWorker(deps, ids[0]);
  return ids.length;
};
