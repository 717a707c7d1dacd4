import { auditLog, type Executor } from '@moonlight/db';
import type { AuthDeps } from '../deps.ts';
import { newId } from '../random.ts';
import type { RequestInfo } from '../request-info.ts';

export type AuditEvent =
  | 'registered'
  | 'email_verified'
  | 'login_succeeded'
  | 'login_failed'
  | 'refresh_reused'
  | 'logged_out'
  | 'reset_asked'
  | 'reset_done'
  | 'password_changed'
  | 'session_revoked';

export interface AuditEntry {
  readonly event: AuditEvent;
  /** Null where no account is known, as in a login of an unknown address. */
  readonly userId: string | null;
  /** Small facts such as a session id or a reason; no secrets. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** The row of an audit entry; written in the transaction of the act it records. */
export const auditRow = ({ random, clock }: AuthDeps, entry: AuditEntry, request: RequestInfo) => {
  const at = clock.now();
  return {
    id: newId(random, at),
    at,
    event: entry.event,
    userId: entry.userId,
    ip: request.ip,
    userAgent: request.userAgent,
    requestId: request.requestId,
    details: entry.details ?? null,
  };
};

/** Records what happened, in the caller's transaction. */
export const recordAudit = async (
  deps: AuthDeps & { readonly tx: Executor },
  entry: AuditEntry,
  request: RequestInfo,
): Promise<void> => {
  await deps.tx.insert(auditLog).values(auditRow(deps, entry, request));
};
