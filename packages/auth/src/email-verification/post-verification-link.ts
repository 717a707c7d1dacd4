import type { Executor } from '@moonlight/db';
import { secondsAfter } from '../clock.ts';
import type { AuthDeps } from '../deps.ts';
import { enqueueMail } from '../outbox/enqueue-mail.ts';
import { newId } from '../random.ts';
import { newLinkToken } from '../tokens/link-token.ts';
import { insertEmailVerification, replaceOpenVerifications } from './email-verifications-store.ts';

interface Recipient {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly locale: 'en' | 'zh-CN';
}

/** Makes a verification link, invalidates older ones and promises its mail, all in the caller's transaction. */
export const postVerificationLink = async (
  deps: AuthDeps & { readonly tx: Executor },
  { id: userId, email: to, username, locale }: Recipient,
): Promise<string> => {
  const now = deps.clock.now();
  const seconds = deps.settings.lifetimes.verificationLinkSeconds;
  const { token, hash } = newLinkToken(deps.random);
  await replaceOpenVerifications(deps.tx, userId, now);
  const expiresAt = secondsAfter(now, seconds);
  await insertEmailVerification(deps.tx, {
    id: newId(deps.random, now),
    userId,
    tokenHash: hash,
    createdAt: now,
    expiresAt,
  });
  const url = `${deps.settings.frontendUrl}/verify-email?token=${token}`;
  const mail = { kind: 'verification-link', to, username, locale, url, expiresInMinutes: seconds / 60 } as const;
  return enqueueMail(deps, mail, seconds);
};
