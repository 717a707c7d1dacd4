import { APP_NAME, moonlight } from '../client/moonlight.ts';
import { useAction } from '../forms/use-action.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useTheme } from '../preferences.ts';
import { paths } from '../routing/paths.ts';
import { Link } from '../routing/router.tsx';
import { useSession } from '../sessions/session.ts';
import { Crescent, Moon, Sun } from './icons.tsx';

const LanguageSwitch = () => {
  const { locale, choose } = useLanguage();
  // Each language has its own name, for users who cannot read the current language.
  const [other, name] = locale === 'en' ? (['zh-CN', '简体中文'] as const) : (['en', 'English'] as const);
  return (
    <button type="button" className="switch" lang={other} onClick={() => choose(other)}>
      {name}
    </button>
  );
};

const ThemeSwitch = () => {
  const { t } = useLanguage();
  const { theme, toggle } = useTheme();
  const label = theme === 'dark' ? t.common.toLight : t.common.toDark;
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={toggle}>
      {theme === 'dark' ? <Sun /> : <Crescent />}
    </button>
  );
};

const Navigation = () => {
  const { t } = useLanguage();
  const logout = useAction<void, null>({ call: () => moonlight.auth.logout.mutate() });
  return (
    <nav aria-label={t.common.navigation} className="navigation">
      <Link to={paths.account}>{t.common.account}</Link>
      <Link to={paths.sessions}>{t.common.sessions}</Link>
      <button type="button" className="switch" aria-disabled={logout.isBusy || undefined} onClick={() => logout.run()}>
        {t.common.logout}
      </button>
    </nav>
  );
};

/** The header of every page. */
export const Header = () => {
  const { user } = useSession();
  return (
    <header className="header">
      <Link to={paths.home} className="brand">
        <Moon phase={0.32} />
        <span>{APP_NAME}</span>
      </Link>
      {user !== null && user !== undefined && <Navigation />}
      <div className="switches">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </header>
  );
};
