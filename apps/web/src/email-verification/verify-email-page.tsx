import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asFailure, type Failure } from '../client/failure.ts';
import { moonlight } from '../client/moonlight.ts';
import { useLanguage } from '../i18n/language.tsx';
import { forgetLinkToken, linkTokenFor } from '../routing/link-token.ts';
import { paths } from '../routing/paths.ts';
import { Link } from '../routing/router.tsx';
import { refetchSession, useSession } from '../sessions/session.ts';
import { ErrorState } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { OpenLink, type Outcome } from './open-link.tsx';
import { ResendForm } from './resend-form.tsx';
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

/** How to get a new link: a button for logged-in users, a form for others. */
const NewLink = () => {
  const { user } = useSession();
  if (user === undefined) return null;
  if (user === null) return <ResendForm />;
  return user.isEmailVerified ? <Continue /> : <ResendLink />;
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

/** What became of a link, once there is nothing left to decide. */
type End = Outcome | 'expired' | 'invalid';

const ClosedLink = ({ end }: { readonly end: End }) => {
  const { t } = useLanguage();
  if (end === 'expired' || end === 'invalid') return <UnusableLink key={end} why={end} />;
  const { title, verifiedHeading, verifiedText, alreadyHeading, alreadyText, rejectedHeading, rejectedText } =
    t.verifyEmail;
  const [heading, text] = {
    verified: [verifiedHeading, verifiedText] as const,
    already_verified: [alreadyHeading, alreadyText] as const,
    rejected: [rejectedHeading, rejectedText] as const,
  }[end];
  return (
    <Page key={end} title={title} heading={heading} lead={text} moon={end === 'rejected' ? 0.25 : 1}>
      {end === 'rejected' ? (
        <Link to={paths.register} className="button button-primary">
          {t.common.register}
        </Link>
      ) : (
        <Continue />
      )}
    </Page>
  );
};

/** The end that a refusal means; undefined for failures after which the link can still be used. */
const endOf = ({ code }: Failure): End | undefined => {
  if (code === 'EMAIL_ALREADY_VERIFIED') return 'already_verified';
  if (code === 'LINK_EXPIRED') return 'expired';
  return code.startsWith('LINK_') ? 'invalid' : undefined;
};

const MailedLink = ({ token }: { readonly token: string }) => {
  const [end, setEnd] = useState<End>();
  const finish = (next: End) => {
    forgetLinkToken();
    setEnd(next);
    void refetchSession();
  };
  const { data, error, refetch } = useQuery({
    queryKey: ['verification-link'],
    queryFn: () => moonlight.emailVerification.inspect.mutate({ token }),
    enabled: end === undefined,
    staleTime: Infinity,
    gcTime: 0,
  });
  const failure = error === null ? undefined : asFailure(error);
  const known = end ?? (failure && endOf(failure)) ?? (data?.registration === null ? 'already_verified' : undefined);
  if (known !== undefined) return <ClosedLink end={known} />;
  const registration = data?.registration ?? null;
  if (registration === null) return <ErrorState failure={failure} onRetry={() => void refetch()} />;
  const onFailed = (refusal: Failure) => {
    const next = endOf(refusal);
    if (next !== undefined) finish(next);
  };
  return <OpenLink token={token} registration={registration} onDone={finish} onFailed={onFailed} />;
};

/** Mail scanners open links, so the email is verified by a button and not by opening the page. */
export const VerifyEmailPage = () => {
  const [token] = useState(() => linkTokenFor(paths.verifyEmail));
  return token === undefined ? <UnusableLink why="missing" /> : <MailedLink token={token} />;
};
