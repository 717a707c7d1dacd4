import type { ReactNode } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { Field } from './field.tsx';
import type { FieldProps } from './use-form.ts';

interface Props extends FieldProps {
  /** The button that has the code sent. */
  readonly sender: ReactNode;
}

/** The six digits from a mail; what is pasted around them, spaces say, is dropped. */
export const CodeField = ({ sender, error, name, value, onValue }: Props) => {
  const { t } = useLanguage();
  return (
    <Field label={t.fields.code} error={error}>
      {(attributes) => (
        <div className="input-row">
          <input
            {...attributes}
            {...{ name, value }}
            className="input input-code"
            type="text"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            onChange={(event) => onValue(event.target.value.replaceAll(/\D/g, '').slice(0, 6))}
          />
          {sender}
        </div>
      )}
    </Field>
  );
};
