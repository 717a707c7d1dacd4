import { useLanguage } from '../i18n/language.tsx';
import { Moon } from '../ui/moon.tsx';
import { passwordStrength } from './password-strength.ts';

interface Props {
  readonly password: string;
  readonly personal: readonly string[];
}

/** How hard a password is to guess, as a moon that waxes and in words. A hint: the service decides what it takes. */
export const StrengthHint = ({ password, personal }: Props) => {
  const { t } = useLanguage();
  const strength = passwordStrength(password, personal);
  return (
    <div className="strength" data-strength={strength} aria-live="polite" title={t.strength.note}>
      {password !== '' && (
        <>
          <Moon phase={strength / 4} />
          <span>
            {t.strength.label}: {t.strength.levels[strength]}
          </span>
        </>
      )}
    </div>
  );
};
