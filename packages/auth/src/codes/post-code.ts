import type { CodePurpose } from '@moonlight/contracts';
import { recordAudit } from '../audit/audit-store.ts';
import { secondsAfter } from '../clock.ts';
import type { AuthDeps } from '../deps.ts';
import type { Mail } from '../outbox/mail.ts';
import { enqueueMail } from '../outbox/enqueue-mail.ts';
import type { RequestInfo } from '../request-info.ts';
import type { UserRow } from '../users/users-store.ts';
import { hashCode, putCode } from './verification-codes-store.ts';

interface CodeOrder {
  readonly email: string;
  readonly purpose: CodePurpose;
  /** The account of the address; who registers has none, who resets has one. */
  readonly user: UserRow | undefined;
}

const CODE_DIGITS = 6;

/**
 * Stores a code and promises its mail, in one transaction. Where the address does not fit the purpose the mailbox is
 * told so instead, and what is stored fits no code: tries are counted and answered as if there were one.
 */
export const postCode = async (deps: AuthDeps, order: CodeOrder, request: RequestInfo): Promise<string> => {
  const { email, purpose, user } = order;
  const now = deps.clock.now();
  const seconds = deps.settings.lifetimes.codeSeconds;
  const fits = (purpose === 'register') === (user === undefined);
  const code = deps.random.digits(CODE_DIGITS);
  const codeHash = hashCode(deps.secrets.verificationCode, order, fits ? code : deps.random.bytes(32).toString('hex'));
  const base = {
    to: user?.email ?? email,
    locale: user?.locale ?? request.locale,
    ...(user === undefined ? {} : { username: user.username }),
  };
  const mail = fits ? codeMail(base, { code, purpose, seconds }) : truthMail(base, deps.settings.frontendUrl, purpose);
  return deps.db.transaction(async (tx) => {
    await putCode(tx, { email, purpose }, { codeHash, createdAt: now, expiresAt: secondsAfter(now, seconds) });
    if (purpose === 'reset_password') {
      const details = { by: 'code' };
      await recordAudit({ ...deps, tx }, { event: 'reset_asked', userId: user?.id ?? null, details }, request);
    }
    return enqueueMail({ ...deps, tx }, mail, seconds);
  });
};

type MailBase = Pick<Mail, 'to' | 'locale' | 'username'>;

const codeMail = (
  base: MailBase,
  { code, purpose, seconds }: { code: string; purpose: CodePurpose; seconds: number },
): Mail => ({
  ...base,
  kind: purpose === 'register' ? 'verification-code' : 'reset-code',
  code,
  expiresInMinutes: seconds / 60,
});

/** What only the owner of a mailbox may learn: that there is an account, or that there is none. */
export const truthMail = (base: MailBase, frontendUrl: string, purpose: CodePurpose): Mail =>
  purpose === 'register'
    ? { ...base, kind: 'account-exists', loginUrl: `${frontendUrl}/login`, resetUrl: `${frontendUrl}/forgot-password` }
    : { ...base, kind: 'no-account', registerUrl: `${frontendUrl}/register` };
