import { useState } from 'react';
import { forgetLinkToken, linkTokenFor } from '../boot/link-token.ts';
import type { Failure } from '../client/failure.ts';
import { moonlight } from '../client/moonlight.ts';
import { useAction } from '../forms/use-action.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Link } from '../routing/link.tsx';
import { paths } from '../routing/paths.ts';
import { Resend } from '../session/resend.tsx';
import { refetchSession, useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Page } from '../ui/page.tsx';

/** The way on from a link that does not work: a new one, sent by whoever is signed in. */
const NewLink = () => {
  const { t } = useLanguage();
  const { user } = useSession();
  if (user === undefined) return null;
  if (user !== null && !user.isEmailVerified) return <Resend label={t.verify.resend} />;
  if (user !== null) return <GoOn />;
  return (
    <Link to={paths.login} next={paths.checkMail} className="button">
      {t.verify.loginToResend}
    </Link>
  );
};

const GoOn = () => {
  const { t } = useLanguage();
  const { user } = useSession();
  const isSignedIn = user !== null && user !== undefined;
  return (
    <Link to={isSignedIn ? paths.account : paths.login} className="button button-primary">
      {isSignedIn ? t.common.toAccount : t.common.login}
    </Link>
  );
};

const Done = ({ status }: { readonly status: 'verified' | 'already_verified' }) => {
  const { t } = useLanguage();
  const isNew = status === 'verified';
  return (
    <Page
      title={t.verify.title}
      heading={isNew ? t.verify.verifiedHeading : t.verify.alreadyHeading}
      lead={isNew ? t.verify.verifiedText : t.verify.alreadyText}
      moon={1}
    >
      <GoOn />
    </Page>
  );
};

const Dead = ({ why }: { readonly why: 'expired' | 'invalid' | 'missing' }) => {
  const { t } = useLanguage();
  return (
    <Page title={t.verify.title} heading={t.verify[`${why}Heading`]} lead={t.verify[`${why}Text`]} moon={0.1}>
      <NewLink />
    </Page>
  );
};

const isDead = (code: Failure['code'] | undefined): boolean => code?.startsWith('LINK_') === true;

/** Opening the page spends nothing: mail scanners do that. The button does. */
export const VerifyEmailPage = () => {
  const { t } = useLanguage();
  const [token] = useState(() => linkTokenFor(paths.verifyEmail));
  const { run, isBusy, result, failure, wait } = useAction({
    call: (carried: string) => moonlight.emailVerification.confirm.mutate({ token: carried }),
    onDone: () => {
      forgetLinkToken();
      void refetchSession();
    },
    onFailed: ({ code }) => {
      if (isDead(code)) forgetLinkToken();
    },
  });
  if (token === undefined) return <Dead why="missing" />;
  if (result !== undefined) return <Done status={result.status} />;
  if (isDead(failure?.code)) return <Dead why={failure?.code === 'LINK_EXPIRED' ? 'expired' : 'invalid'} />;
  return (
    <Page key="ask" title={t.verify.title} heading={t.verify.heading} lead={t.verify.text} moon={0.75}>
      <FailureNotice failure={failure} wait={wait} />
      <Button isPrimary isBusy={isBusy} isWaiting={wait > 0} onPress={() => run(token)}>
        {isBusy ? t.common.loading : t.verify.submit}
      </Button>
    </Page>
  );
};
