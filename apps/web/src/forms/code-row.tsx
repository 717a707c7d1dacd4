import { useLanguage } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Notice } from '../ui/notice.tsx';
import { CodeField } from './code-field.tsx';
import type { CodeSender } from './use-code-sender.ts';
import type { FieldProps } from './use-form.ts';

interface Props {
  readonly field: FieldProps;
  readonly sender: CodeSender;
  readonly email: string;
}

/** The code and the button that has it mailed, with the wait until it can be mailed again. */
export const CodeRow = ({ field, sender, email }: Props) => {
  const { t } = useLanguage();
  const { result, failure, errors, wait, isBusy, run } = sender;
  const again = result === undefined ? t.code.send : t.code.again;
  return (
    <>
      <CodeField
        {...field}
        sender={
          <Button isBusy={isBusy} isWaiting={wait > 0} onPress={() => run(email)}>
            {wait > 0 ? t.code.againIn(wait) : again}
          </Button>
        }
      />
      <Notice kind="calm">
        {result !== undefined && failure === undefined && <p>{t.code.sent(result.email, result.expiresIn)}</p>}
      </Notice>
      <FailureNotice failure={errors.isForForm ? failure : undefined} wait={wait} />
    </>
  );
};
