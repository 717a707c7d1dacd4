import { useState } from 'react';
import type { Failure } from '../client/failure.ts';
import { moonlight } from '../client/moonlight.ts';
import { useAction } from '../forms/use-action.ts';
import { useLanguage } from '../i18n/language.tsx';
import { forgetLinkToken, linkTokenFor } from '../routing/link-token.ts';
import { paths } from '../routing/paths.ts';
import { Link } from '../routing/router.tsx';
import { refetchSession, useSession } from '../sessions/session.ts';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { ResendLink } from './resend-link.tsx';

const Continue = () => {
  const { t } = useLanguage();
  const { user } = useSession();
  const isLoggedIn = user !== null && user !== undefined;
  return (
    <Link to={isLoggedIn ? paths.account : paths.login} className="button button-primary">
      {isLoggedIn ? t.common.toAccount : t.common.login}
    </Link>
  );
};

/** How to get a new link: a button for logged-in users, a link to the login page for others. */
const NewLink = () => {
  const { t } = useLanguage();
  const { user } = useSession();
  if (user === undefined) return null;
  if (user !== null && !user.isEmailVerified) return <ResendLink label={t.verifyEmail.resend} />;
  if (user !== null) return <Continue />;
  return (
    <Link to={paths.login} next={paths.checkEmail} className="button">
      {t.verifyEmail.loginToResend}
    </Link>
  );
};

const Verified = ({ status }: { readonly status: 'verified' | 'already_verified' }) => {
  const { t } = useLanguage();
  const isNew = status === 'verified';
  return (
    <Page
      title={t.verifyEmail.title}
      heading={isNew ? t.verifyEmail.verifiedHeading : t.verifyEmail.alreadyHeading}
      lead={isNew ? t.verifyEmail.verifiedText : t.verifyEmail.alreadyText}
      moon={1}
    >
      <Continue />
    </Page>
  );
};

const UnusableLink = ({ why }: { readonly why: 'expired' | 'invalid' | 'missing' }) => {
  const { t } = useLanguage();
  return (
    <Page
      title={t.verifyEmail.title}
      heading={t.verifyEmail[`${why}Heading`]}
      lead={t.verifyEmail[`${why}Text`]}
      moon={0.1}
    >
      <NewLink />
    </Page>
  );
};

const isUnusable = (code: Failure['code'] | undefined): boolean => code?.startsWith('LINK_') === true;

/** Mail scanners open links, so the email is verified by the button and not by opening the page. */
export const VerifyEmailPage = () => {
  const { t } = useLanguage();
  const [token] = useState(() => linkTokenFor(paths.verifyEmail));
  const { run, isBusy, result, failure, wait } = useAction({
    call: (mailed: string) => moonlight.emailVerification.confirm.mutate({ token: mailed }),
    onDone: () => {
      forgetLinkToken();
      void refetchSession();
    },
    onFailed: ({ code }) => {
      if (isUnusable(code)) forgetLinkToken();
    },
  });
  if (token === undefined) return <UnusableLink why="missing" />;
  if (result !== undefined) return <Verified status={result.status} />;
  if (isUnusable(failure?.code)) return <UnusableLink why={failure?.code === 'LINK_EXPIRED' ? 'expired' : 'invalid'} />;
  return (
    <Page
      key="verify"
      title={t.verifyEmail.title}
      heading={t.verifyEmail.heading}
      lead={t.verifyEmail.text}
      moon={0.75}
    >
      <FailureNotice failure={failure} wait={wait} />
      <Button isPrimary isBusy={isBusy} isWaiting={wait > 0} onPress={() => run(token)}>
        {isBusy ? t.common.loading : t.verifyEmail.submit}
      </Button>
    </Page>
  );
};
