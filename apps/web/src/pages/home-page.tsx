import { useLanguage } from '../i18n/language.tsx';
import { Link } from '../routing/link.tsx';
import { paths } from '../routing/paths.ts';
import { Guests } from '../session/guests.tsx';
import { Page } from '../ui/page.tsx';

export const HomePage = () => {
  const { t } = useLanguage();
  return (
    <Guests>
      <Page title={t.home.title} heading={t.home.heading} lead={t.home.text} moon={1}>
        <Link to={paths.register} className="button button-primary">
          {t.common.register}
        </Link>
        <p className="aside">
          {t.home.hasAccount} <Link to={paths.login}>{t.common.login}</Link>
        </p>
      </Page>
    </Guests>
  );
};
