import type { AltchaWidgetElement } from 'altcha/external';
import { State } from 'altcha/types';
import { type RefCallback, useCallback, useRef, useState } from 'react';
import type { Failure } from '../client/failure.ts';

/** The captcha of a form. */
export interface Captcha {
  /** Whether the form shows the captcha. */
  readonly isRequired: boolean;
  /** Takes the widget when it is in the document. */
  readonly attach: RefCallback<HTMLElement>;
  /** Stops waiting for a widget, because there is none. */
  readonly giveUp: () => void;
  /** Returns an unused solution, and solves a challenge if there is none. Undefined without captcha or widget. */
  readonly take: () => Promise<string | undefined>;
  /** Drops the solution if the call may have used it, and shows the captcha if the API requires one. */
  readonly afterCall: (failure?: Failure) => void;
}

// The API refuses with these codes before it looks at the captcha, so the solution is still unused.
const UNUSED_AFTER: ReadonlySet<Failure['code']> = new Set([
  'VALIDATION_FAILED',
  'PASSWORD_TOO_COMMON',
  'RATE_LIMITED',
]);

const isWidget = (element: HTMLElement): element is AltchaWidgetElement => 'verify' in element;

const isSolving = (widget: AltchaWidgetElement): boolean => widget.getState() === State.VERIFYING;

// A widget changes its state a moment after it was started.
const started = new WeakSet<AltchaWidgetElement>();

/** Starts a widget, unless it is already solving: a second start would spoil the first. */
const start = (widget: AltchaWidgetElement): void => {
  if (started.has(widget) || isSolving(widget)) return;
  started.add(widget);
  widget.addEventListener('statechange', () => started.delete(widget), { once: true });
  void widget.verify();
};

const solutionIn = (event: Event): string | undefined => {
  const detail: unknown = event instanceof CustomEvent ? event.detail : undefined;
  if (typeof detail !== 'object' || detail === null || !('state' in detail) || !('payload' in detail)) return undefined;
  return detail.state === State.VERIFIED && typeof detail.payload === 'string' ? detail.payload : undefined;
};

/** Starts the widget if necessary, and resolves when it has solved its challenge or has failed. */
const solve = (widget: AltchaWidgetElement): Promise<string | undefined> =>
  new Promise((resolve) => {
    const onChange = (event: Event) => {
      if (isSolving(widget)) return;
      widget.removeEventListener('statechange', onChange);
      resolve(solutionIn(event));
    };
    start(widget);
    widget.addEventListener('statechange', onChange);
  });

/** The captcha of a form that requires one always, or only after the API has required one. */
export const useCaptcha = ({ isAlwaysRequired }: { readonly isAlwaysRequired: boolean }): Captcha => {
  const [isRequired, setIsRequired] = useState(isAlwaysRequired);
  const [first] = useState(() => Promise.withResolvers<AltchaWidgetElement | undefined>());
  const widget = useRef<AltchaWidgetElement>(null);
  const solution = useRef<string>(undefined);
  const attach = useCallback(
    (element: HTMLElement | null) => {
      if (element === null || !isWidget(element)) return undefined;
      const onChange = (event: Event) => {
        solution.current = solutionIn(event);
      };
      // The widget's methods work after its load event.
      const onLoad = () => {
        widget.current = element;
        first.resolve(element);
        // The widget starts when the form gets the focus. Here the form had the focus before the widget had loaded.
        if (element.closest('form')?.contains(document.activeElement) === true) start(element);
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
  const giveUp = useCallback(() => first.resolve(undefined), [first]);
  const take = async () => {
    if (!isRequired) return undefined;
    const ready = widget.current ?? (await first.promise);
    return solution.current ?? (ready === undefined ? undefined : solve(ready));
  };
  const afterCall = (failure?: Failure) => {
    if (failure?.code === 'CAPTCHA_REQUIRED' || failure?.code === 'CAPTCHA_INVALID') setIsRequired(true);
    // The reset also drops the solution.
    if (failure === undefined || !UNUSED_AFTER.has(failure.code)) widget.current?.reset();
  };
  return { isRequired, attach, giveUp, take, afterCall };
};
