import type { AltchaWidgetElement } from 'altcha/external';
import { State } from 'altcha/types';
import { type RefCallback, useCallback, useRef, useState } from 'react';
import type { Failure } from '../client/failure.ts';

/** A captcha in a form. */
export interface Captcha {
  /** Whether the form shows one. */
  readonly isWanted: boolean;
  /** Takes the widget, as soon as it is there. */
  readonly attach: RefCallback<HTMLElement>;
  /** There is no widget, and nobody shall wait for it. */
  readonly doWithout: () => void;
  /** A solution that was not used yet; solves one if need be. Undefined where none is wanted, or none could be had. */
  readonly take: () => Promise<string | undefined>;
  /** Throws the solution away where it may be spent, and asks for one where the service wants it. */
  readonly afterCall: (failure?: Failure) => void;
}

// What is refused before the service looks at the captcha does not spend it.
const UNSPENT: ReadonlySet<Failure['code']> = new Set(['VALIDATION_FAILED', 'PASSWORD_TOO_COMMON', 'RATE_LIMITED']);

const isWidget = (element: HTMLElement): element is AltchaWidgetElement => 'verify' in element;

const isSolving = (widget: AltchaWidgetElement): boolean => widget.getState() === State.VERIFYING;

// A widget says that it solves only a moment after it was told to.
const told = new WeakSet<AltchaWidgetElement>();

/** Has a widget solve its challenge, unless it is at it: of two attempts at once, one spoils the other. */
const begin = (widget: AltchaWidgetElement): void => {
  if (told.has(widget) || isSolving(widget)) return;
  told.add(widget);
  widget.addEventListener('statechange', () => told.delete(widget), { once: true });
  void widget.verify();
};

const solutionIn = (event: Event): string | undefined => {
  const detail: unknown = event instanceof CustomEvent ? event.detail : undefined;
  if (typeof detail !== 'object' || detail === null || !('state' in detail) || !('payload' in detail)) return undefined;
  return detail.state === State.VERIFIED && typeof detail.payload === 'string' ? detail.payload : undefined;
};

/** Waits until the widget, which it wakes where it sleeps, has solved its challenge or has given up. */
const solve = (widget: AltchaWidgetElement): Promise<string | undefined> =>
  new Promise((resolve) => {
    const onChange = (event: Event) => {
      if (isSolving(widget)) return;
      widget.removeEventListener('statechange', onChange);
      resolve(solutionIn(event));
    };
    begin(widget);
    widget.addEventListener('statechange', onChange);
  });

/** A captcha that a form shows always, or once the service has asked for one. */
export const useCaptcha = ({ isAlwaysWanted }: { readonly isAlwaysWanted: boolean }): Captcha => {
  const [isWanted, setIsWanted] = useState(isAlwaysWanted);
  const [first] = useState(() => Promise.withResolvers<AltchaWidgetElement | undefined>());
  const widget = useRef<AltchaWidgetElement>(null);
  const solution = useRef<string>(undefined);
  const attach = useCallback(
    (element: HTMLElement | null) => {
      if (element === null || !isWidget(element)) return undefined;
      const onChange = (event: Event) => {
        solution.current = solutionIn(event);
      };
      // Its methods are there once it has loaded.
      const onLoad = () => {
        widget.current = element;
        first.resolve(element);
        // It begins when the form gets the focus. Whoever was faster than the widget is not kept waiting for that.
        if (element.closest('form')?.contains(document.activeElement) === true) begin(element);
      };
      element.addEventListener('load', onLoad);
      element.addEventListener('statechange', onChange);
      return () => {
        widget.current = null;
        solution.current = undefined;
        element.removeEventListener('load', onLoad);
        element.removeEventListener('statechange', onChange);
      };
    },
    [first],
  );
  const doWithout = useCallback(() => first.resolve(undefined), [first]);
  const take = async () => {
    if (!isWanted) return undefined;
    const ready = widget.current ?? (await first.promise);
    return solution.current ?? (ready === undefined ? undefined : solve(ready));
  };
  const afterCall = (failure?: Failure) => {
    if (failure?.code === 'CAPTCHA_REQUIRED' || failure?.code === 'CAPTCHA_INVALID') setIsWanted(true);
    // Going back to the start also forgets the solution.
    if (failure === undefined || !UNSPENT.has(failure.code)) widget.current?.reset();
  };
  return { isWanted, attach, doWithout, take, afterCall };
};
