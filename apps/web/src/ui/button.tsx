import type { ReactNode } from 'react';

interface Props {
  readonly isPrimary?: boolean;
  readonly isSubmit?: boolean;
  readonly isBusy?: boolean;
  readonly isWaiting?: boolean;
  readonly label?: string;
  readonly onPress?: () => void;
  readonly children: ReactNode;
}

/**
 * A button. While it is busy or waiting it does nothing, but it is not `disabled`: a disabled button would lose the
 * keyboard focus.
 */
export const Button = (props: Props) => {
  const { isPrimary = false, isSubmit = false, isBusy = false, isWaiting = false, label, onPress, children } = props;
  const isInert = isBusy || isWaiting;
  return (
    <button
      type={isSubmit ? 'submit' : 'button'}
      className={isPrimary ? 'button button-primary' : 'button'}
      aria-disabled={isInert || undefined}
      aria-label={label}
      data-busy={isBusy || undefined}
      onClick={(event) => {
        if (isInert) event.preventDefault();
        else onPress?.();
      }}
    >
      {children}
    </button>
  );
};
