import { type RefObject, type SubmitEvent, useEffect, useRef, useState } from 'react';
import type { Captcha } from '../captcha/use-captcha.ts';
import type { Failure } from '../client/failure.ts';
import { placeErrors } from './field-errors.ts';
import { type Action, useAction } from './use-action.ts';

type Values<Name extends string> = Readonly<Record<Name, string>>;

interface Options<Name extends string, Result> {
  readonly initial: Values<Name>;
  readonly call: (values: Values<Name>, captcha: { captcha?: string }) => Promise<Result>;
  readonly onDone: (result: Result, values: Values<Name>) => void;
  readonly onFailed?: (failure: Failure) => void;
  readonly captcha?: Captcha;
}

/** What a field of the form is given. */
export interface FieldProps {
  readonly name: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | undefined;
}

export interface Form<Name extends string> {
  readonly ref: RefObject<HTMLFormElement | null>;
  readonly values: Values<Name>;
  readonly field: (name: Name) => FieldProps;
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  readonly captchaError: string | undefined;
  /** What belongs to no field. */
  readonly failure: Failure | undefined;
  readonly action: Pick<Action<unknown, unknown>, 'isBusy' | 'wait' | 'startWait'>;
}

/** Values, and the service's sentences at the fields they belong to; after a refusal the first wrong field has the focus. */
export const useForm = <Name extends string, Result>(options: Options<Name, Result>): Form<Name> => {
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
  const { fields, isForForm } = placeErrors(failure, [...Object.keys(values), 'captcha']);
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
