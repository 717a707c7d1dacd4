import { useLanguage } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Notice } from '../ui/notice.tsx';
import { type Credentials, useResend } from './use-resend.ts';

interface Props {
  readonly label: string;
  readonly credentials?: Credentials | undefined;
}

/** Has the verification link mailed again, with the wait until that is possible. */
export const Resend = ({ label, credentials }: Props) => {
  const { t } = useLanguage();
  const { run, isBusy, wait, result, failure } = useResend(credentials);
  return (
    <div className="stack">
      <Notice kind="good">
        {result !== undefined && failure === undefined && <p>{t.checkMail.resent(result.email, result.expiresIn)}</p>}
      </Notice>
      <FailureNotice failure={failure} wait={wait} />
      <Button isBusy={isBusy} isWaiting={wait > 0} onPress={() => run()}>
        {wait > 0 ? t.checkMail.resendIn(wait) : label}
      </Button>
    </div>
  );
};
