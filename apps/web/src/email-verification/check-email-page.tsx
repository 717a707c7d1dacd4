import { useState } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { paths } from '../routing/paths.ts';
import { Link, useRouter } from '../routing/router.tsx';
import { useSession } from '../sessions/session.ts';
import { Page } from '../ui/page.tsx';
import { ResendLink } from './resend-link.tsx';

const ResendOrLogin = () => {
  const { t } = useLanguage();
  const { user } = useSession();
  const [{ email, password }] = useState(useRouter().carried);
  const credentials = email === undefined || password === undefined ? undefined : { email, password };
  if (user === undefined) return null;
  if (user !== null || credentials !== undefined) {
    return <ResendLink label={t.checkEmail.resend} credentials={credentials} />;
  }
  return (
    <Link to={paths.login} next={paths.checkEmail} className="button">
      {t.checkEmail.loginToResend}
    </Link>
  );
};

export const CheckEmailPage = () => {
  const { t } = useLanguage();
  const { user } = useSession();
  const { carried } = useRouter();
  const email = user?.email ?? carried.email;
  if (user?.isEmailVerified === true) {
    return (
      <Page key="already" title={t.checkEmail.title} heading={t.checkEmail.already} moon={1}>
        <Link to={paths.account} className="button button-primary">
          {t.common.toAccount}
        </Link>
      </Page>
    );
  }
  return (
    <Page
      title={t.checkEmail.title}
      heading={t.checkEmail.heading}
      lead={email === undefined ? t.checkEmail.sent : t.checkEmail.sentTo(email)}
      moon={0.5}
    >
      <p className="field-hint">{t.checkEmail.hints}</p>
      <ResendOrLogin />
      <p className="aside">{t.checkEmail.resetToo}</p>
      <p className="aside">
        {user === null || user === undefined ? (
          <>
            {t.checkEmail.wrongEmail} <Link to={paths.register}>{t.checkEmail.registerAgain}</Link>
          </>
        ) : (
          <Link to={paths.account}>{t.common.toAccount}</Link>
        )}
      </p>
    </Page>
  );
};
