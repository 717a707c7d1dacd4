import type { Mail, MailKind } from '@moonlight/auth';
import type { ReactNode } from 'react';
import { Body, Container, Head, Heading, Html, Section } from 'react-email';
import type { Messages } from '../messages/messages.ts';
import { sanitizeDisplayName } from '../untrusted-text.ts';
import { Paragraph } from './content.tsx';
import { colors, darkStyle, fontFamily } from './theme.ts';

/** What the component of a mail kind is rendered with: the mail's variables, the app's name, the messages of its language. */
export interface MailProps<K extends MailKind = MailKind> {
  readonly mail: Extract<Mail, { readonly kind: K }>;
  readonly app: string;
  readonly messages: Messages;
}

const card = {
  backgroundColor: colors.card,
  border: `1px solid ${colors.line}`,
  borderRadius: '12px',
  padding: '32px 28px',
};

/**
 * The frame of every mail: subject, app's name, heading, greeting, the mail's own content, footer. It loads nothing from
 * the network, so opening a mail tells no server that it was read.
 */
export const Layout = ({ mail, app, messages, children }: MailProps & { readonly children: ReactNode }): ReactNode => (
  <Html lang={mail.locale} dir="ltr">
    <Head>
      <title>{messages.mails[mail.kind].subject(app)}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
      <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
      <style>{darkStyle}</style>
    </Head>
    {/* Without a language of its own, Body writes lang="en", and screen readers follow the nearest element. */}
    <Body lang={mail.locale} dir="ltr" className="page" style={{ backgroundColor: colors.page, fontFamily, margin: 0 }}>
      <Container style={{ maxWidth: '560px', padding: '32px 16px' }}>
        <Section className="text">
          <Paragraph style={{ fontSize: '20px', fontWeight: 700, margin: '0 0 16px' }}>{app}</Paragraph>
        </Section>
        <Section className="card text" style={card}>
          <Heading as="h1" style={{ color: colors.text, fontSize: '22px', lineHeight: '30px', margin: '0 0 16px' }}>
            {messages.mails[mail.kind].heading}
          </Heading>
          <Paragraph>{messages.greeting(sanitizeDisplayName(mail.username))}</Paragraph>
          {children}
        </Section>
        <Section className="text">
          <Paragraph quiet style={{ margin: '20px 0 0' }}>
            {messages.footer(app)}
          </Paragraph>
        </Section>
      </Container>
    </Body>
  </Html>
);
