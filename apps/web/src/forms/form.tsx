import { type ReactNode, type RefObject, type SubmitEvent, useEffect, useRef, useState } from 'react';
import type { Captcha } from '../captcha/use-captcha.ts';
import { type Failure, sentenceOf } from '../client/failure.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/notice.tsx';
import { type Action, useAction } from './use-action.ts';

/** The fields that an error code belongs to; the first one that the form has is used. */
const FIELDS_BY_CODE: Partial<Record<Failure['code'], readonly string[]>> = {
  EMAIL_TAKEN: ['email'],
  EMAIL_NOT_REGISTERED: ['email'],
  USERNAME_TAKEN: ['username'],
  PASSWORD_TOO_COMMON: ['newPassword', 'password'],
  REAUTHENTICATION_FAILED: ['currentPassword'],
  CODE_INVALID: ['code'],
  CODE_EXPIRED: ['code'],
  CODE_ATTEMPTS_EXCEEDED: ['code'],
  CAPTCHA_REQUIRED: ['captcha'],
  CAPTCHA_INVALID: ['captcha'],
};

export interface PlacedErrors {
  /** The first error of each field. */
  readonly fields: Readonly<Record<string, string>>;
  /** Whether there is an error that belongs to no field of the form. */
  readonly isForForm: boolean;
}

/** Assigns the errors of a failure to the fields that they belong to. */
export const usePlacedErrors = (failure: Failure | undefined, names: readonly string[]): PlacedErrors => {
  const { t } = useLanguage();
  if (failure === undefined) return { fields: {}, isForForm: false };
  const placed = failure.details.filter(({ path }) => names.includes(path));
  if (placed.length > 0) {
    const fields = Object.fromEntries(placed.toReversed().map(({ path, message }) => [path, message]));
    return { fields, isForForm: placed.length < failure.details.length };
  }
  const name = FIELDS_BY_CODE[failure.code]?.find((field) => names.includes(field));
  if (name === undefined) return { fields: {}, isForForm: true };
  return { fields: { [name]: sentenceOf(failure, t) }, isForForm: false };
};

type Values<Name extends string> = Readonly<Record<Name, string>>;

interface Options<Name extends string, Result> {
  readonly initial: Values<Name>;
  readonly call: (values: Values<Name>, captcha: { captcha?: string }) => Promise<Result>;
  readonly onDone: (result: Result, values: Values<Name>) => void;
  readonly onFailed?: (failure: Failure) => void;
  readonly captcha?: Captcha;
}

/** The props of a field. */
export interface FieldProps {
  readonly name: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | undefined;
}

interface FormState<Name extends string> {
  readonly ref: RefObject<HTMLFormElement | null>;
  readonly values: Values<Name>;
  readonly field: (name: Name) => FieldProps;
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  readonly captchaError: string | undefined;
  /** The failure, if it belongs to no field. */
  readonly failure: Failure | undefined;
  readonly action: Pick<Action<unknown, unknown>, 'isBusy' | 'wait' | 'startWait'>;
}

/** The values of a form and the errors of its fields. After a refusal the first invalid field gets the focus. */
export const useForm = <Name extends string, Result>(options: Options<Name, Result>): FormState<Name> => {
  const { initial, call, onDone, onFailed, captcha } = options;
  const ref = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState(initial);
  const [edited, setEdited] = useState<ReadonlySet<string>>(new Set());
  const action = useAction({
    call: async (sent: Values<Name>) => {
      setEdited(new Set());
      const payload = await captcha?.take();
      return call(sent, payload === undefined ? {} : { captcha: payload });
    },
    onDone: (result, sent) => {
      captcha?.afterCall();
      onDone(result, sent);
    },
    onFailed: (failure) => {
      captcha?.afterCall(failure);
      onFailed?.(failure);
    },
  });
  const { failure, isBusy, wait, startWait, run } = action;
  const { fields, isForForm } = usePlacedErrors(failure, [...Object.keys(values), 'captcha']);
  useEffect(() => {
    if (failure !== undefined) ref.current?.querySelector<HTMLElement>('[data-invalid]')?.focus();
  }, [failure]);
  return {
    ref,
    values,
    field: (name) => ({
      name,
      value: values[name],
      error: edited.has(name) ? undefined : fields[name],
      onValue: (value) => {
        setValues((before) => ({ ...before, [name]: value }));
        setEdited((before) => new Set(before).add(name));
      },
    }),
    onSubmit: (event) => {
      event.preventDefault();
      run(values);
    },
    captchaError: fields['captcha'],
    failure: isForForm ? failure : undefined,
    action: { isBusy, wait, startWait },
  };
};

interface FormProps<Name extends string> {
  readonly form: FormState<Name>;
  readonly submit: string;
  readonly children: ReactNode;
}

/** A form with its button and its failure. `method="post"` makes sure that no browser writes a password into a URL. */
export const Form = <Name extends string>({ form, submit, children }: FormProps<Name>) => {
  const { ref, onSubmit, failure, action } = form;
  const { t } = useLanguage();
  const { isBusy, wait } = action;
  return (
    <form ref={ref} className="form" method="post" noValidate onSubmit={onSubmit}>
      {children}
      <FailureNotice failure={failure} wait={wait} />
      <Button isSubmit isPrimary isBusy={isBusy} isWaiting={wait > 0}>
        {isBusy ? t.common.loading : submit}
      </Button>
    </form>
  );
};
