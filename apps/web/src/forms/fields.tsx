import {
  type HTMLInputAutoCompleteAttribute,
  type HTMLInputTypeAttribute,
  type ReactNode,
  useId,
  useState,
} from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { Eye } from '../ui/icons.tsx';
import type { FieldProps } from './form.tsx';
import { StrengthHint } from './strength-hint.tsx';

interface InputAttributes {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
  readonly 'data-invalid': true | undefined;
}

interface Props {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error: string | undefined;
  /** Shown between the input and its error. */
  readonly below?: ReactNode;
  /** The input, with these attributes. */
  readonly children: (attributes: InputAttributes) => ReactNode;
}

/** A label, an input, its hint and its error, connected for screen readers. */
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

interface TextFieldProps extends FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly autoComplete: HTMLInputAutoCompleteAttribute;
  readonly type?: HTMLInputTypeAttribute;
}

/** A line of text. The API validates it, and its errors are in the language of the page; a browser's would not be. */
export const TextField = ({
  label,
  hint,
  error,
  name,
  value,
  onValue,
  autoComplete,
  type = 'text',
}: TextFieldProps) => (
  <Field label={label} hint={hint} error={error}>
    {(attributes) => (
      <input
        {...attributes}
        {...{ name, value, type, autoComplete }}
        className="input"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        required
        onChange={(event) => onValue(event.target.value)}
      />
    )}
  </Field>
);

interface PasswordFieldProps extends FieldProps {
  readonly label: string;
  readonly autoComplete: 'current-password' | 'new-password';
  /** Shows the strength of the password, which is low if it contains one of these texts. */
  readonly personal?: readonly string[];
}

/** A password that can be pasted, filled in by a password manager, and shown. */
export const PasswordField = ({ label, autoComplete, personal, error, name, value, onValue }: PasswordFieldProps) => {
  const { t } = useLanguage();
  const [isShown, setIsShown] = useState(false);
  return (
    <Field
      label={label}
      hint={personal === undefined ? undefined : t.fields.passwordHint}
      error={error}
      below={personal !== undefined && <StrengthHint password={value} personal={personal} />}
    >
      {(attributes) => (
        <div className="input-with-button">
          <input
            {...attributes}
            {...{ name, value, autoComplete }}
            className="input"
            type={isShown ? 'text' : 'password'}
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            required
            onChange={(event) => onValue(event.target.value)}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={isShown ? t.fields.hide : t.fields.show}
            aria-controls={attributes.id}
            onClick={() => setIsShown(!isShown)}
          >
            <Eye isOpen={isShown} />
          </button>
        </div>
      )}
    </Field>
  );
};
