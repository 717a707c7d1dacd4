import type { MailSent } from '@moonlight/client';
import { moonlight } from '../client/moonlight.ts';
import { useAction } from '../forms/use-action.ts';
import { useLanguage } from '../i18n/language.tsx';
import { refetchSession } from '../sessions/session.ts';
import { Button } from '../ui/button.tsx';
import { FailureNotice, Notice } from '../ui/notice.tsx';

/** A button that sends the verification link of the logged-in user again, with its wait. */
export const ResendLink = () => {
  const { t } = useLanguage();
  const { run, isBusy, wait, startWait, result, failure } = useAction<void, MailSent>({
    call: () => moonlight.emailVerification.send.mutate(),
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
        {wait > 0 ? t.checkEmail.resendIn(wait) : t.checkEmail.resend}
      </Button>
    </div>
  );
};
