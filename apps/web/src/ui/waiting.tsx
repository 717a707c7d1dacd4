import { useLanguage } from '../i18n/language.tsx';
import { Moon } from './moon.tsx';

/** While the service is asked. It shows itself only when that takes a while, so that nothing flickers. */
export const Waiting = () => {
  const { t } = useLanguage();
  return (
    <div aria-live="polite" className="waiting">
      <Moon phase={0.5} />
      <span className="for-ears">{t.common.loading}</span>
    </div>
  );
};
