import type { MailSent } from '@moonlight/client';
import { moonlight } from '../client/moonlight.ts';
import { type Action, useAction } from '../forms/use-action.ts';
import { refetchSession, rememberUser, useSession } from './session.ts';

/** What somebody typed when they registered, a moment ago, on this page. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * Has the verification link mailed again. The service does that for whoever is signed in; a person who has registered a
 * moment ago is signed in for it with what they typed then, and only when they ask for a mail: an account that nobody
 * ever logged into goes away by itself, one with a mistyped address for example.
 */
export const useResend = (credentials: Credentials | undefined): Action<void, MailSent> => {
  const { user } = useSession();
  const action = useAction<void, MailSent>({
    call: async () => {
      if (user === null && credentials !== undefined)
        rememberUser((await moonlight.auth.login.mutate(credentials)).user);
      return moonlight.emailVerification.send.mutate();
    },
    onDone: ({ retryAfter }) => action.startWait(retryAfter),
    onFailed: ({ code }) => {
      if (code === 'EMAIL_ALREADY_VERIFIED') void refetchSession();
    },
  });
  return action;
};
