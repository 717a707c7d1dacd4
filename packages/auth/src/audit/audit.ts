import type { Executor } from '@moonlight/db';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { newId } from '../system.ts';
import { insertAuditRow, insertAuditRowOf, selectTimesOf } from './audit-store.ts';

type AuditEvent =
  | 'registered'
  | 'email_verified'
  | 'registration_rejected'
  | 'registration_replaced'
  | 'login_succeeded'
  | 'login_failed'
  | 'refresh_reused'
  | 'logged_out'
  | 'reset_asked'
  | 'reset_done'
  | 'password_changed'
  | 'session_revoked'
  | 'secret_rotated'
  | 'restore_checked'
  | 'signing_key_rotated'
  | 'mails_retried'
  | 'account_invited'
  | 'account_disabled'
  | 'account_enabled'
  | 'deletion_planned'
  | 'deletion_cancelled'
  | 'account_erased'
  | 'sessions_ended';

interface AuditEntry {
  readonly event: AuditEvent;
  /** Null where no account is known, as in a login with an unknown email. */
  readonly userId: string | null;
  readonly request: RequestInfo;
  /** Small facts such as a session id or a reason; no secrets. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** Writes an audit entry: in the transaction of the change it records, or with the pool where nothing is changed. */
export const recordAudit = async (
  tx: Executor,
  { random, clock }: AuthDeps,
  { event, userId, request, details }: AuditEntry,
): Promise<void> => {
  await insertAuditRow(tx, { ...rowOf({ random, clock }, { event, request, details }), userId });
};

interface Operation extends Pick<AuditEntry, 'event' | 'details'> {
  /** `cli:<user>` or `worker` */
  readonly actor: string;
  /** The account that was changed; absent for the service as a whole. */
  readonly userId?: string;
}

/** Writes the entry of what an operator did, to an account or to the service as a whole. */
export const recordOperation = async (
  tx: Executor,
  { random, clock }: Pick<AuthDeps, 'random' | 'clock'>,
  { event, actor, userId, details }: Operation,
): Promise<void> => {
  const at = clock.now();
  const nothing = { ip: null, userAgent: null, requestId: null };
  await insertAuditRow(tx, {
    id: newId(random, at),
    at,
    event,
    userId: userId ?? null,
    ...nothing,
    details: { actor, ...details },
  });
};

/** When an operation with this detail was recorded for the first and the last time; null if never. */
export const timesOfOperation = (
  tx: Executor,
  operation: Parameters<typeof selectTimesOf>[1] & { readonly event: AuditEvent },
) => selectTimesOf(tx, operation);

/**
 * Makes a change and writes its audit entry in one statement, which takes one round trip. The account is that whose id the
 * store's statement `change` returns. Returns whether anything was changed; if not, there is no entry.
 */
export const auditedChange = (name: string, change: Parameters<typeof insertAuditRowOf>[1]) => {
  const run = insertAuditRowOf(name, change);
  return (
    tx: Executor,
    deps: Pick<AuthDeps, 'random' | 'clock'>,
    { values, ...entry }: Omit<AuditEntry, 'userId'> & { readonly values: Readonly<Record<string, unknown>> },
  ): Promise<boolean> => run(tx, values, rowOf(deps, entry));
};

const rowOf = (
  { random, clock }: Pick<AuthDeps, 'random' | 'clock'>,
  { event, request, details }: Pick<AuditEntry, 'event' | 'request'> & { details?: AuditEntry['details'] | undefined },
) => {
  const at = clock.now();
  const { ip, userAgent, requestId } = request;
  return { id: newId(random, at), at, event, ip, userAgent, requestId, details: details ?? null };
};
