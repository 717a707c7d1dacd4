import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { asFailure, type Failure } from '../client/failure.ts';
import type { Locale } from '../i18n/dictionaries.ts';
import { useLanguage } from '../i18n/language.tsx';

const secondsUntil = (deadline: number): number => Math.max(0, Math.ceil((deadline - Date.now()) / 1000));

/** The whole seconds left of a wait. It compares clock times, so it is right after the device was asleep. */
const useCountdown = (): readonly [left: number, start: (seconds: number) => void] => {
  const [deadline, setDeadline] = useState(0);
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (secondsUntil(deadline) === 0) return undefined;
    const timer = window.setInterval(() => {
      const rest = secondsUntil(deadline);
      setLeft(rest);
      if (rest === 0) window.clearInterval(timer);
    }, 250);
    return () => window.clearInterval(timer);
  }, [deadline]);
  const start = useCallback((seconds: number) => {
    setDeadline(Date.now() + seconds * 1000);
    setLeft(seconds);
  }, []);
  return [left, start];
};

interface Options<Input, Result> {
  readonly call: (input: Input) => Promise<Result>;
  readonly onDone?: ((result: Result, input: Input) => void) | undefined;
  readonly onFailed?: ((failure: Failure, input: Input) => void) | undefined;
}

/** A call to the API that the user starts. */
export interface Action<Input, Result> {
  /** Starts the call, unless it is already running or has to wait: a double click is one request. */
  readonly run: (input: Input) => void;
  readonly isBusy: boolean;
  readonly result: Result | undefined;
  readonly failure: Failure | undefined;
  /** Seconds until the next call is allowed. */
  readonly wait: number;
  readonly startWait: (seconds: number) => void;
}

/** Makes one call at a time, and waits as long as the API demands. */
export const useAction = <Input, Result>({ call, onDone, onFailed }: Options<Input, Result>): Action<Input, Result> => {
  const { locale } = useLanguage();
  const [failed, setFailed] = useState<{ readonly failure: Failure; readonly locale: Locale }>();
  const [wait, startWait] = useCountdown();
  // `isPending` changes with the next render only, which may be after a second click.
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
  // A failure disappears when its wait is over, and when the language changes: its details are in the old language.
  const isStale = failed === undefined || failed.locale !== locale || (failed.failure.retryAfter > 0 && wait === 0);
  return { run, isBusy: isPending, result: data, failure: isStale ? undefined : failed.failure, wait, startWait };
};
