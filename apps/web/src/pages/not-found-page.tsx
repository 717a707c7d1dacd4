import { useLanguage } from '../i18n/language.tsx';
import { Link } from '../routing/link.tsx';
import { paths } from '../routing/paths.ts';
import { Page } from '../ui/page.tsx';

export const NotFoundPage = () => {
  const { t } = useLanguage();
  return (
    <Page title={t.notFound.title} heading={t.notFound.heading} lead={t.notFound.text} moon={0}>
      <Link to={paths.home} className="button">
        {t.notFound.home}
      </Link>
    </Page>
  );
};
