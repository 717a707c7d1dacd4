import type { ReactNode } from 'react';
import { Code, LinkButton, Paragraph } from '../components/content.tsx';
import { Layout, type MailProps } from '../components/layout.tsx';

export const ResetLink = (props: MailProps<'reset-link'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intro, action, notYou } = messages.mails[mail.kind];
  return (
    <Layout {...props}>
      <Paragraph>{intro(app)}</Paragraph>
      <LinkButton url={mail.url} label={action} fallback={messages.buttonFallback} />
      <Paragraph>{messages.resetLinkValidity(messages.minutes(mail.expiresInMinutes))}</Paragraph>
      <Paragraph>{notYou(app)}</Paragraph>
    </Layout>
  );
};

/** An operator created an account for the reader. */
export const Invitation = (props: MailProps<'invitation'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intro, action, validity, notYou } = messages.mails[mail.kind];
  return (
    <Layout {...props}>
      <Paragraph>{intro(app)}</Paragraph>
      <LinkButton url={mail.url} label={action} fallback={messages.buttonFallback} />
      <Paragraph>{validity(mail.expiresInHours)}</Paragraph>
      <Paragraph>{notYou(app)}</Paragraph>
    </Layout>
  );
};

export const ResetCode = (props: MailProps<'reset-code'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intro, notYou } = messages.mails[mail.kind];
  return (
    <Layout {...props}>
      <Paragraph>{intro(app)}</Paragraph>
      <Code code={mail.code} />
      <Paragraph>{messages.codeValidity(messages.minutes(mail.expiresInMinutes))}</Paragraph>
      <Paragraph>{messages.keepCodeSecret(app)}</Paragraph>
      <Paragraph>{notYou(app)}</Paragraph>
    </Layout>
  );
};

/** The answer to a reset request for an address without an account (ACCOUNT_PRIVACY=strict). */
export const NoAccount = (props: MailProps<'no-account'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intro, action, notYou } = messages.mails[mail.kind];
  return (
    <Layout {...props}>
      <Paragraph>{intro(app)}</Paragraph>
      <LinkButton url={mail.registerUrl} label={action} fallback={messages.buttonFallback} />
      <Paragraph>{notYou(app)}</Paragraph>
    </Layout>
  );
};
