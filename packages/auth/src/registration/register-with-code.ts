import type { RegisterInput, RegisterOutput } from '@moonlight/contracts';
import { recordAudit } from '../audit/audit-store.ts';
import { AuthError } from '../auth-error.ts';
import { checkCode } from '../codes/check-code.ts';
import { consumeCode, hashCode } from '../codes/verification-codes-store.ts';
import type { AuthDeps } from '../deps.ts';
import { newId } from '../random.ts';
import type { RequestInfo } from '../request-info.ts';
import { issueTokens, openSession } from '../sessions/open-session.ts';
import { findTaken, insertUser, takenError, toUser } from '../users/users-store.ts';

type Input = RegisterInput & { readonly code: string };

/**
 * Registers with a mailed code: the address is verified at once and a session begins. The code is checked before names
 * are compared, so that nobody learns about accounts without the mailbox, and only a registration consumes it.
 */
export const registerWithCode = async (deps: AuthDeps, input: Input, request: RequestInfo): Promise<RegisterOutput> => {
  const { email, username, password, locale } = input;
  const subject = { email, purpose: 'register' } as const;
  const refusal = await checkCode({ ...deps, tx: deps.db }, { ...subject, code: input.code });
  if (refusal !== undefined) throw new AuthError(refusal);
  const taken = await findTaken(deps, { email, username });
  if (taken !== undefined) throw new AuthError(taken);

  const codeHash = hashCode(deps.secrets.verificationCode, subject, input.code);
  const passwordHash = await deps.hasher.hash(password);
  const now = deps.clock.now();
  const account = {
    id: newId(deps.random, now),
    email,
    username,
    passwordHash,
    locale: locale ?? request.locale,
    emailVerifiedAt: now,
    firstLoginAt: now,
  };
  try {
    const done = await deps.db.transaction(async (tx) => {
      if (!(await consumeCode(tx, subject, { codeHash, now }))) return undefined;
      const user = await insertUser({ ...deps, tx }, account);
      await recordAudit({ ...deps, tx }, { event: 'registered', userId: user.id }, request);
      await recordAudit(
        { ...deps, tx },
        { event: 'email_verified', userId: user.id, details: { by: 'code' } },
        request,
      );
      return { user, session: await openSession({ ...deps, tx }, user.id, request) };
    });
    if (done === undefined) throw new AuthError('CODE_INVALID');
    return { user: toUser(done.user), tokens: await issueTokens(deps, done.session) };
  } catch (error) {
    throw takenError(error);
  }
};
