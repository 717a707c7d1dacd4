import { type ReactNode, useId } from 'react';

interface Props {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error: string | undefined;
  /** Stands between the input and its error. */
  readonly below?: ReactNode;
  /** The input itself; it takes these attributes. */
  readonly children: (attributes: InputAttributes) => ReactNode;
}

interface InputAttributes {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
  readonly 'data-invalid': true | undefined;
}

/** A label, an input, and what there is to say about it, tied together for those who cannot see that they are. */
export const Field = ({ label, hint, error, below, children }: Props) => {
  const id = useId();
  const isInvalid = error !== undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': `${id}-hint ${id}-error`,
        'aria-invalid': isInvalid,
        'data-invalid': isInvalid || undefined,
      })}
      {below}
      <div id={`${id}-hint`}>{hint !== undefined && !isInvalid && <p className="field-hint">{hint}</p>}</div>
      <div id={`${id}-error`} aria-live="polite">
        {isInvalid && <p className="field-error">{error}</p>}
      </div>
    </div>
  );
};
