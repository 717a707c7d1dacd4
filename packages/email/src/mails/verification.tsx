import type { ReactNode } from 'react';
import { Code, LinkButton, Paragraph } from '../components/content.tsx';
import { Layout, type MailProps } from '../components/layout.tsx';

export const VerificationLink = (props: MailProps<'verification-link'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intro, action, notYou } = messages.mails[mail.kind];
  return (
    <Layout {...props}>
      <Paragraph>{intro(app)}</Paragraph>
      <LinkButton url={mail.url} label={action} fallback={messages.buttonFallback} />
      <Paragraph>{messages.linkValidity(messages.minutes(mail.expiresInMinutes))}</Paragraph>
      <Paragraph>{notYou(app)}</Paragraph>
    </Layout>
  );
};

export const VerificationCode = (props: MailProps<'verification-code'>): ReactNode => {
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
