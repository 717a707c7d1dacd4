import type { User } from '@moonlight/client';
import { ResendLink } from '../email-verification/resend-link.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { paths } from '../routing/paths.ts';
import { Link } from '../routing/router.tsx';
import { RequireAuth } from '../sessions/require-auth.tsx';
import { Page } from '../ui/page.tsx';
import { Row } from '../ui/row.tsx';

const Profile = ({ user }: { readonly user: User }) => {
  const { t, locale } = useLanguage();
  const date = (time: string): string => new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(new Date(time));
  const { email, username, isEmailVerified, emailVerifiedAt, createdAt } = user;
  return (
    <dl className="rows">
      <Row label={t.account.username}>{username}</Row>
      <Row label={t.account.email}>
        <span className="breakable">{email}</span>{' '}
        <span className={isEmailVerified ? 'badge badge-good' : 'badge badge-bad'}>
          {isEmailVerified ? t.account.verified : t.account.unverified}
        </span>
        {emailVerifiedAt !== null && <span className="row-note">{t.account.verifiedSince(date(emailVerifiedAt))}</span>}
      </Row>
      <Row label={t.account.language}>
        <span lang={user.locale}>{t.account.languages[user.locale]}</span>
      </Row>
      <Row label={t.account.since}>{date(createdAt)}</Row>
    </dl>
  );
};

const Security = () => {
  const { t } = useLanguage();
  return (
    <section aria-labelledby="security">
      <h2 id="security">{t.account.security}</h2>
      <ul className="link-cards">
        <li>
          <Link to={paths.changePassword}>{t.account.changePassword}</Link>
          <p>{t.account.changePasswordText}</p>
        </li>
        <li>
          <Link to={paths.sessions}>{t.common.sessions}</Link>
          <p>{t.account.sessionsText}</p>
        </li>
      </ul>
    </section>
  );
};

export const AccountPage = () => {
  const { t } = useLanguage();
  return (
    <RequireAuth>
      {(user) => (
        <Page title={t.account.title} heading={t.account.heading} moon={user.isEmailVerified ? 1 : 0.5} isWide>
          <Profile user={user} />
          {!user.isEmailVerified && (
            <div className="stack">
              <p>{t.account.unverifiedText}</p>
              <ResendLink />
            </div>
          )}
          <Security />
        </Page>
      )}
    </RequireAuth>
  );
};
