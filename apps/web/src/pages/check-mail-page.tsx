import { useState } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { Link } from '../routing/link.tsx';
import { paths } from '../routing/paths.ts';
import { useRouter } from '../routing/router.tsx';
import { Resend } from '../session/resend.tsx';
import { useSession } from '../session/session.ts';
import { Page } from '../ui/page.tsx';

const ResendWay = () => {
  const { t } = useLanguage();
  const { user } = useSession();
  const [{ email, password }] = useState(useRouter().carried);
  const credentials = email === undefined || password === undefined ? undefined : { email, password };
  if (user === undefined) return null;
  if (user !== null || credentials !== undefined) {
    return <Resend label={t.checkMail.resend} credentials={credentials} />;
  }
  return (
    <Link to={paths.login} next={paths.checkMail} className="button">
      {t.checkMail.loginToResend}
    </Link>
  );
};

export const CheckMailPage = () => {
  const { t } = useLanguage();
  const { user } = useSession();
  const { carried } = useRouter();
  const email = user?.email ?? carried.email;
  if (user?.isEmailVerified === true) {
    return (
      <Page key="already" title={t.checkMail.title} heading={t.checkMail.already} moon={1}>
        <Link to={paths.account} className="button button-primary">
          {t.common.toAccount}
        </Link>
      </Page>
    );
  }
  return (
    <Page
      title={t.checkMail.title}
      heading={t.checkMail.heading}
      lead={email === undefined ? t.checkMail.sent : t.checkMail.sentTo(email)}
      moon={0.5}
    >
      <p className="field-hint">{t.checkMail.hints}</p>
      <ResendWay />
      <p className="aside">{t.checkMail.resetToo}</p>
      <p className="aside">
        {user === null || user === undefined ? (
          <>
            {t.checkMail.wrongAddress} <Link to={paths.register}>{t.checkMail.registerAgain}</Link>
          </>
        ) : (
          <Link to={paths.account}>{t.common.toAccount}</Link>
        )}
      </p>
    </Page>
  );
};
