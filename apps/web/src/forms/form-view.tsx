import type { ReactNode } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import type { Form } from './use-form.ts';

interface Props<Name extends string> {
  readonly form: Form<Name>;
  readonly submit: string;
  readonly children: ReactNode;
}

/**
 * A form with its button and what went wrong with it as a whole. POST and a policy without form targets see to it that
 * no browser ever writes a password into an address.
 */
export const FormView = <Name extends string>({ form, submit, children }: Props<Name>) => {
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
