import { type Locale, registerInput } from '@moonlight/contracts';
import { transaction } from '@moonlight/db';
import { recordOperation } from '../audit/audit.ts';
import { AuthError } from '../auth-error.ts';
import type { AuthDeps } from '../deps.ts';
import { enqueueMail, notifyWorker } from '../outbox/enqueue-mail.ts';
import { createPasswordLink } from '../password-reset/send-password-reset.ts';
import { newId, secondsAfter } from '../system.ts';
import { findTaken, insertUser, toConflictError, type UserRow } from '../users/users.ts';
import type { Operator } from './operator.ts';

const INVITATION_HOURS = 72;

const namesSchema = registerInput.pick({ email: true, username: true });

/** An email address and a username as a registration accepts them; undefined if it would not. */
export const parseAccountNames = (names: { email: string; username: string }) => namesSchema.safeParse(names).data;

/** Whom to invite, and who does it. */
export interface Invitation {
  readonly email: string;
  readonly username: string;
  readonly locale: Locale;
  readonly operator: Operator;
}

/** An invited account, without what opens it. */
export type InvitedAccount = Pick<UserRow, 'id' | 'email' | 'username' | 'invitedUntil'>;

const createAccount = (deps: AuthDeps, invitation: Invitation, passwordHash: string) =>
  transaction(deps.db, async (tx) => {
    const { email, username, locale, operator } = invitation;
    const taken = await findTaken(tx, deps, { email, username, isProven: false });
    if (taken !== undefined) return taken;
    const now = deps.clock.now();
    const invitedUntil = secondsAfter(now, INVITATION_HOURS * 3600);
    const unused = { emailVerifiedAt: null, firstLoginAt: null, registrationIp: null, registrationUserAgent: null };
    const id = newId(deps.random, now);
    await insertUser(tx, deps, { id, email, username, passwordHash, locale, ...unused, invitedUntil });
    const url = await createPasswordLink(tx, deps, { userId: id, expiresAt: invitedUntil });
    const { actor, reason } = operator;
    await recordOperation(tx, deps, { event: 'account_invited', actor, userId: id, details: { reason } });
    const mail = { kind: 'invitation', to: email, username, locale, url, expiresInHours: INVITATION_HOURS } as const;
    const outboxId = await enqueueMail(tx, deps, { mail, ttlSeconds: INVITATION_HOURS * 3600, request: null });
    return { account: { id, email, username, invitedUntil }, outboxId };
  });

/**
 * Creates an account that no password opens, and mails its owner a link to choose one, which also verifies the email. The
 * link lives 72 hours; if it is not used, the account is removed after that. Throws EMAIL_TAKEN and USERNAME_TAKEN.
 */
export const inviteAccount = async (deps: AuthDeps, invitation: Invitation): Promise<InvitedAccount> => {
  // A real hash, so that a login with a wrong password takes as long as for any other account.
  using place = deps.hasher.enter(invitation.operator.actor);
  const passwordHash = await place.hash(deps.random.bytes(32).toString('base64url'));
  const created = await createAccount(deps, invitation, passwordHash).catch((error: unknown) => {
    throw toConflictError(error);
  });
  if (typeof created === 'string') throw new AuthError(created);
  notifyWorker(deps, created.outboxId);
  return created.account;
};
