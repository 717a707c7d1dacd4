import { useState } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { Eye } from '../ui/icons.tsx';
import { Field } from './field.tsx';
import { StrengthHint } from './strength-hint.tsx';
import type { FieldProps } from './use-form.ts';

interface Props extends FieldProps {
  readonly label: string;
  readonly autoComplete: 'current-password' | 'new-password';
  /** Shows a hint on the strength; what the password should not be made of. */
  readonly personal?: readonly string[];
}

/** A password, which can be pasted, filled in by a manager, and looked at. */
export const PasswordField = ({ label, autoComplete, personal, error, name, value, onValue }: Props) => {
  const { t } = useLanguage();
  const [isShown, setIsShown] = useState(false);
  const strength = personal !== undefined && <StrengthHint password={value} personal={personal} />;
  return (
    <Field
      label={label}
      hint={personal === undefined ? undefined : t.fields.passwordHint}
      error={error}
      below={strength}
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
