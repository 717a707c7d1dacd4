import type { Executor } from '@moonlight/db';
import type { AuthDeps, RequestInfo } from '../deps.ts';
import { newId } from '../system.ts';
import { insertAuditRow } from './audit-store.ts';

type AuditEvent =
  | 'registered'
  | 'email_verified'
  | 'registration_rejected'
  | 'login_succeeded'
  | 'login_failed'
  | 'refresh_reused'
  | 'logged_out'
  | 'reset_asked'
  | 'reset_done'
  | 'password_changed'
  | 'session_revoked';

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
  const at = clock.now();
  const { ip, userAgent, requestId } = request;
  const id = newId(random, at);
  await insertAuditRow(tx, { id, at, event, userId, ip, userAgent, requestId, details: details ?? null });
};
