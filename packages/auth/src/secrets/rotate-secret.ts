import { recordOperation, timesOfOperation } from '../audit/audit.ts';
import { CAPTCHA_SECONDS } from '../captcha/altcha-captcha.ts';
import type { AuthDeps } from '../deps.ts';
import { resealMails, type Resealed } from '../outbox/reseal-mails.ts';
import { sessionsOfOlderSecrets } from '../sessions/sessions-of-older-secrets.ts';
import { resealSigningKeys } from '../signing-keys/reseal-signing-keys.ts';
import { secondsAfter } from '../system.ts';

/** What `rotateSecret` did, and what the older secrets are still needed for. */
export interface SecretRotation {
  readonly signingKeys: Resealed;
  readonly mails: Resealed;
  /** Valid sessions whose refresh token an older secret signed. Each leaves this number with its next refresh. */
  readonly sessions: { readonly count: number; readonly until: Date | null };
  /** Until then a code in a mailbox or a solved captcha may be of an older secret. */
  readonly codesUntil: Date;
  /** Since the last run, a process has signed with an older secret: it does not have the new SECRET_KEY yet. */
  readonly isOlderInUse: boolean;
  /** From this moment on SECRET_KEY_PREVIOUS can be removed without a loss; null while an older secret is in use. */
  readonly removableAt: Date | null;
}

interface RotationOptions {
  /** `cli:<user>`, for the audit log. */
  readonly actor: string;
  readonly onProgress?: (resealedMails: number) => void;
}

const latest = (...moments: readonly (Date | null)[]): Date =>
  new Date(Math.max(...moments.map((moment) => moment?.getTime() ?? 0)));

/**
 * Seals with SECRET_KEY what older secrets sealed at rest, and says when these can be removed. It can run while everything
 * serves, and again after it was interrupted. Run it when every process has the new SECRET_KEY. Codes and captchas cannot be
 * sealed anew; they expire after the first run. Refresh tokens are signed anew by their next refresh.
 */
export const rotateSecret = async (
  deps: AuthDeps,
  { actor, onProgress = () => undefined }: RotationOptions,
): Promise<SecretRotation> => {
  const { db, random, secrets, clock, settings } = deps;
  const [{ secretId }] = secrets.refreshToken;
  const runs = await timesOfOperation(db, { event: 'secret_rotated', detail: 'secretId', value: secretId });
  const signingKeys = await resealSigningKeys({ db, random, sealingKeys: secrets.signingKey });
  const mails = await resealMails(deps, onProgress);
  const { count, until, newest } = await sessionsOfOlderSecrets(deps);
  const details = { secretId, signingKeys: signingKeys.resealed, mails: mails.resealed };
  await recordOperation(db, deps, { event: 'secret_rotated', actor, details });

  const now = clock.now();
  const isOlderInUse = runs.last !== null && newest !== null && newest > runs.last;
  const lastUse = isOlderInUse ? now : latest(runs.first ?? now, newest);
  const codesUntil = secondsAfter(lastUse, Math.max(settings.lifetimes.codeSeconds, CAPTCHA_SECONDS));
  const removableAt = isOlderInUse ? null : latest(now, until, codesUntil);
  return { signingKeys, mails, sessions: { count, until }, codesUntil, isOlderInUse, removableAt };
};
