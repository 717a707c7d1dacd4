import type { AuthSendCodeInput, MailSent } from '@moonlight/client';
import type { Captcha } from '../captcha/use-captcha.ts';
import { moonlight } from '../client/moonlight.ts';
import { Field } from '../forms/fields.tsx';
import { type FieldProps, type PlacedErrors, usePlacedErrors } from '../forms/form.tsx';
import { type Action, useAction } from '../forms/use-action.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { FailureNotice, Notice } from '../ui/notice.tsx';

interface CodeSender extends Action<string, MailSent> {
  readonly errors: PlacedErrors;
}

/** Sends codes to an email. The form shows the captcha when the API requires one for that. */
export const useCodeSender = (type: AuthSendCodeInput['type'], captcha: Captcha): CodeSender => {
  const action = useAction({
    call: async (email: string) => {
      const payload = await captcha.take();
      return moonlight.auth.sendCode.mutate({ email, type, ...(payload === undefined ? {} : { captcha: payload }) });
    },
    onDone: ({ retryAfter }) => {
      captcha.afterCall();
      action.startWait(retryAfter);
    },
    onFailed: (failure) => captcha.afterCall(failure),
  });
  return { ...action, errors: usePlacedErrors(action.failure, ['email', 'captcha']) };
};

interface Props {
  readonly field: FieldProps;
  readonly sender: CodeSender;
  readonly email: string;
}

/** The field for the code, and the button that sends one. Pasted spaces and letters are dropped. */
export const CodeRow = ({ field: { error, name, value, onValue }, sender, email }: Props) => {
  const { t } = useLanguage();
  const { result, failure, errors, wait, isBusy, run } = sender;
  const label = result === undefined ? t.code.send : t.code.resend;
  return (
    <>
      <Field label={t.fields.code} error={error}>
        {(attributes) => (
          <div className="input-row">
            <input
              {...attributes}
              {...{ name, value }}
              className="input input-code"
              type="text"
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              onChange={(event) => onValue(event.target.value.replaceAll(/\D/g, '').slice(0, 6))}
            />
            <Button isBusy={isBusy} isWaiting={wait > 0} onPress={() => run(email)}>
              {wait > 0 ? t.code.resendIn(wait) : label}
            </Button>
          </div>
        )}
      </Field>
      <Notice kind="calm">
        {result !== undefined && failure === undefined && <p>{t.code.sent(result.email, result.expiresIn)}</p>}
      </Notice>
      <FailureNotice failure={errors.isForForm ? failure : undefined} wait={wait} />
    </>
  );
};
