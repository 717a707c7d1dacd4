import type { MailSent } from '@moonlight/client';
import { moonlight } from '../client/moonlight.ts';
import { useAction } from '../forms/use-action.ts';
import { useLanguage } from '../i18n/language.tsx';
import { refetchSession, setSessionUser, useSession } from '../sessions/session.ts';
import { Button } from '../ui/button.tsx';
import { FailureNotice, Notice } from '../ui/notice.tsx';

interface Props {
  readonly label: string;
  /** What the user has just registered with; undefined if that was not in this tab. */
  readonly credentials?: { readonly email: string; readonly password: string } | undefined;
}

/**
 * A button that sends the verification link again, with its wait. The API does that for logged-in users only, so a user
 * who has just registered is logged in first. That happens no earlier than at the click, because an unverified account
 * that was never logged into is deleted by itself, for example one with a mistyped email.
 */
export const ResendLink = ({ label, credentials }: Props) => {
  const { t } = useLanguage();
  const { user } = useSession();
  const { run, isBusy, wait, startWait, result, failure } = useAction<void, MailSent>({
    call: async () => {
      if (user === null && credentials !== undefined)
        setSessionUser((await moonlight.auth.login.mutate(credentials)).user);
      return moonlight.emailVerification.send.mutate();
    },
    onDone: ({ retryAfter }) => startWait(retryAfter),
    onFailed: ({ code }) => {
      if (code === 'EMAIL_ALREADY_VERIFIED') void refetchSession();
    },
  });
  return (
    <div className="stack">
      <Notice kind="good">
        {result !== undefined && failure === undefined && <p>{t.checkEmail.resent(result.email, result.expiresIn)}</p>}
      </Notice>
      <FailureNotice failure={failure} wait={wait} />
      <Button isBusy={isBusy} isWaiting={wait > 0} onPress={() => run()}>
        {wait > 0 ? t.checkEmail.resendIn(wait) : label}
      </Button>
    </div>
  );
};
