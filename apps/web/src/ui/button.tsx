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
 * A button. While it is busy or has to wait it stays where the focus is, and does nothing: a button that is disabled
 * would drop whoever works with the keyboard.
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
