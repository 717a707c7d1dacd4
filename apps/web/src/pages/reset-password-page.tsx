import { useState } from 'react';
import { linkTokenFor } from '../boot/link-token.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Link } from '../routing/link.tsx';
import { paths } from '../routing/paths.ts';
import { Page } from '../ui/page.tsx';
import { ResetByCode } from './reset-by-code.tsx';
import { type DeadLink, ResetByLink } from './reset-by-link.tsx';

export const ResetPasswordPage = () => {
  const { t } = useLanguage();
  const [token] = useState(() => linkTokenFor(paths.resetPassword));
  const [dead, setDead] = useState<DeadLink>();
  const ways = (
    <p className="aside">
      <Link to={paths.forgotPassword}>{t.reset.another}</Link>
    </p>
  );
  if (dead !== undefined) {
    return (
      <Page
        key="dead"
        title={t.reset.title}
        heading={t.reset[`${dead}Heading`]}
        lead={t.reset[`${dead}Text`]}
        moon={0.1}
      >
        <Link to={paths.forgotPassword} className="button button-primary">
          {t.reset.another}
        </Link>
      </Page>
    );
  }
  return (
    <Page key="ask" title={t.reset.title} heading={t.reset.heading} lead={t.reset.text} moon={0.6}>
      {token === undefined ? <ResetByCode /> : <ResetByLink token={token} onDead={setDead} />}
      {ways}
    </Page>
  );
};
