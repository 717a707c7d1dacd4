import { useEffect, useState } from 'react';
import { APP_NAME } from '../client/moonlight.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Moon } from '../ui/icons.tsx';
import type { EstimateStrength } from './estimate-strength.ts';

const loadEstimator = async (): Promise<EstimateStrength> => {
  const [{ createStrengthEstimator }, { passwordData }] = await Promise.all([
    import('./estimate-strength.ts'),
    import('virtual:password-data'),
  ]);
  return createStrengthEstimator(passwordData);
};

/** Loads the estimator when it is needed first; undefined before that, and if it cannot be loaded. */
const useEstimator = (isNeeded: boolean): EstimateStrength | undefined => {
  const [estimator, setEstimator] = useState<EstimateStrength>();
  useEffect(() => {
    if (!isNeeded) return undefined;
    let isMounted = true;
    const load = async () => {
      try {
        const loaded = await loadEstimator();
        if (isMounted) setEstimator(() => loaded);
      } catch {
        // The form works without the hint.
      }
    };
    void load();
    return () => {
      isMounted = false;
    };
  }, [isNeeded]);
  return estimator;
};

interface Props {
  readonly password: string;
  readonly personal: readonly string[];
}

/**
 * How hard a password is to guess, in words and as a moon. Only a hint: the API decides which passwords it accepts. While
 * the estimator loads, its line is empty: if the line appeared with the words, it would move the form's button away from
 * a pointer that is pressing it, and the press would be lost.
 */
export const StrengthHint = ({ password, personal }: Props) => {
  const { t } = useLanguage();
  const estimate = useEstimator(password !== '');
  const strength = password === '' ? undefined : estimate?.(password, [...personal, APP_NAME]);
  return (
    <div className="strength" data-reserved={password !== '' || undefined} aria-live="polite" title={t.strength.note}>
      {strength !== undefined && (
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
