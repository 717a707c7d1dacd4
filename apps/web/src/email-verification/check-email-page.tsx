import { useLanguage } from '../i18n/language.tsx';
import { paths } from '../routing/paths.ts';
import { Link, useRouter } from '../routing/router.tsx';
import { useSession } from '../sessions/session.ts';
import { Page } from '../ui/page.tsx';
import { ResendForm } from './resend-form.tsx';
import { ResendLink } from './resend-link.tsx';

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
      {user === null && <ResendForm email={carried.email} />}
      {user !== null && user !== undefined && <ResendLink />}
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
