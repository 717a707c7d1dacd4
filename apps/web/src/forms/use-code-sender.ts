import type { AuthSendCodeInput, MailSent } from '@moonlight/client';
import type { Captcha } from '../captcha/use-captcha.ts';
import { moonlight } from '../client/moonlight.ts';
import { type PlacedErrors, placeErrors } from './field-errors.ts';
import { type Action, useAction } from './use-action.ts';

export interface CodeSender extends Action<string, MailSent> {
  readonly errors: PlacedErrors;
}

/** Has a code mailed to an address; the form it is part of shows the captcha where the service asks for one. */
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
  return { ...action, errors: placeErrors(action.failure, ['email', 'captcha']) };
};
