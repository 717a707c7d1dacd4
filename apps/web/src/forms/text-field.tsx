import type { HTMLInputAutoCompleteAttribute, HTMLInputTypeAttribute } from 'react';
import { Field } from './field.tsx';
import type { FieldProps } from './use-form.ts';

interface Props extends FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly autoComplete: HTMLInputAutoCompleteAttribute;
  readonly type?: HTMLInputTypeAttribute;
}

/** A line of text. The service decides what is right, and says so in the language of the page, as browsers would not. */
export const TextField = ({ label, hint, error, name, value, onValue, autoComplete, type = 'text' }: Props) => (
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
