import type { ReactNode } from 'react';
import { Code, LinkButton, Paragraph, TextLink } from '../components/content.tsx';
import { Layout, type MailProps } from '../components/layout.tsx';
import { nameDevice, sanitizeDisplayName, showIpAddress } from '../untrusted-text.ts';

/** Who registered, and when: the reader decides by that whether to verify the email. */
const Registration = ({ mail, messages }: Pick<MailProps<'verification-link'>, 'mail' | 'messages'>): ReactNode => {
  const { username, registration } = mail;
  // A mail of the previous release does not say it.
  if (registration === undefined) return null;
  const { labels } = messages.mails[mail.kind];
  return (
    <Paragraph>
      {labels.username(sanitizeDisplayName(username) ?? messages.unknown)}
      <br />
      {labels.time(messages.time(registration.at))}
      <br />
      {labels.device(nameDevice(registration.userAgent, messages))}
      <br />
      {labels.ipAddress(showIpAddress(registration.ip, messages))}
    </Paragraph>
  );
};

/** Both links lead to the same page, because opening a link must not verify an email or remove an account. */
export const VerificationLink = (props: MailProps<'verification-link'>): ReactNode => {
  const { mail, app, messages } = props;
  const { intro, action, notYou, notMe } = messages.mails[mail.kind];
  return (
    <Layout {...props}>
      <Paragraph>{intro(app)}</Paragraph>
      <Registration mail={mail} messages={messages} />
      <LinkButton url={mail.url} label={action} fallback={messages.buttonFallback} />
      <Paragraph>{messages.linkValidity(messages.minutes(mail.expiresInMinutes))}</Paragraph>
      <Paragraph>
        {notYou(app)}
        <span data-skip-in-text>
          <br />
          <TextLink url={mail.url}>{notMe}</TextLink>
        </span>
      </Paragraph>
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
