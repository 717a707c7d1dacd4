import type { ReactNode } from 'react';
import { LinkButton, Paragraph } from '../components/content.tsx';
import { Layout, type MailProps } from '../components/layout.tsx';
import { nameDevice, showIpAddress } from '../untrusted-text.ts';

/** The answer to a registration with an address that has an account (ACCOUNT_PRIVACY=strict). */
export const AccountExists = (props: MailProps<'account-exists'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intro, logIn, reset, notYou } = messages.mails[mail.kind];
  return (
    <Layout {...props}>
      <Paragraph>{intro(app)}</Paragraph>
      <LinkButton url={mail.loginUrl} label={logIn} fallback={messages.buttonFallback} />
      <LinkButton url={mail.resetUrl} label={reset} fallback={messages.buttonFallback} />
      <Paragraph>{notYou(app)}</Paragraph>
    </Layout>
  );
};

export const PasswordChanged = (props: MailProps<'password-changed'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intro, notYou } = messages.mails[mail.kind];
  return (
    <Layout {...props}>
      <Paragraph>{intro(app, messages.time(mail.at))}</Paragraph>
      <Paragraph>{notYou(app)}</Paragraph>
    </Layout>
  );
};

/** Tells the owner what an operator did on the command line. */
export const OperatorAction = (props: MailProps<'operator-action'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intros, questions } = messages.mails[mail.kind];
  const { action, at, deletesAt = at } = mail;
  return (
    <Layout {...props}>
      <Paragraph>{intros[action](app, messages.time(at), messages.time(deletesAt))}</Paragraph>
      <Paragraph>{questions(app)}</Paragraph>
    </Layout>
  );
};

/** The notices of an hour that were above the limit, in one mail. */
export const SecurityNotices = (props: MailProps<'security-notices'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intro, events, summary, notYou } = messages.mails[mail.kind];
  return (
    <Layout {...props}>
      <Paragraph>{intro(app)}</Paragraph>
      {mail.notices.map(({ kind, count, lastAt }) => (
        <Paragraph key={kind}>{summary(events[kind], count, messages.time(lastAt))}</Paragraph>
      ))}
      <Paragraph>{notYou(app)}</Paragraph>
    </Layout>
  );
};

/** Tells the owner that a superseded refresh token was used and its session was ended: a sign of a stolen token. */
export const RefreshTokenReuseAlert = (props: MailProps<'refresh-token-reuse-alert'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intro, usedBy, ipAddress, notYou } = messages.mails[mail.kind];
  return (
    <Layout {...props}>
      <Paragraph>{intro(app, messages.time(mail.at))}</Paragraph>
      <Paragraph>
        {usedBy(nameDevice(mail.userAgent, messages))}
        <br />
        {ipAddress(showIpAddress(mail.ip, messages))}
      </Paragraph>
      <Paragraph>{notYou(app)}</Paragraph>
    </Layout>
  );
};
