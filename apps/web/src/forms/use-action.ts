import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { asFailure, type Failure } from '../client/failure.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { Locale } from '../i18n/locale.ts';
import { useCountdown } from './use-countdown.ts';

interface Options<Input, Result> {
  readonly call: (input: Input) => Promise<Result>;
  readonly onDone?: ((result: Result, input: Input) => void) | undefined;
  readonly onFailed?: ((failure: Failure, input: Input) => void) | undefined;
}

/** Something a person can have done by the service. */
export interface Action<Input, Result> {
  /** Does it, unless it is being done or has to wait: a double click is one request. */
  readonly run: (input: Input) => void;
  readonly isBusy: boolean;
  readonly result: Result | undefined;
  readonly failure: Failure | undefined;
  /** Seconds until it can be done (again). */
  readonly wait: number;
  readonly startWait: (seconds: number) => void;
}

/** Asks the service once at a time and waits out what it wants waited. */
export const useAction = <Input, Result>({ call, onDone, onFailed }: Options<Input, Result>): Action<Input, Result> => {
  const { locale } = useLanguage();
  const [failed, setFailed] = useState<{ readonly failure: Failure; readonly locale: Locale }>();
  const [wait, startWait] = useCountdown();
  // React tells of a running call only after the next click may have come.
  const isRunning = useRef(false);
  const { mutate, data, isPending } = useMutation({
    mutationFn: call,
    onMutate: () => setFailed(undefined),
    onSuccess: (result, input) => onDone?.(result, input),
    onError: (error, input) => {
      const failure = asFailure(error);
      startWait(failure.retryAfter);
      setFailed({ failure, locale });
      onFailed?.(failure, input);
    },
    onSettled: () => {
      isRunning.current = false;
    },
  });
  const run = (input: Input) => {
    if (isRunning.current || wait > 0) return;
    isRunning.current = true;
    mutate(input);
  };
  // A sentence in the language that was left would be the only one on the page, and a wait that is over is no failure.
  const isStale = failed === undefined || failed.locale !== locale || (failed.failure.retryAfter > 0 && wait === 0);
  return { run, isBusy: isPending, result: data, failure: isStale ? undefined : failed.failure, wait, startWait };
};
