import type { Locale } from '@moonlight/contracts';
import type { ReactNode } from 'react';
import { Body, Container, Head, Heading, Html, Section } from 'react-email';
import { Paragraph } from './paragraph.tsx';
import { colors, fontFamily, nightStyle } from './theme.ts';

export interface LayoutProps {
  readonly locale: Locale;
  readonly app: string;
  readonly subject: string;
  readonly heading: string;
  readonly footer: string;
  readonly children: ReactNode;
}

const card = {
  backgroundColor: colors.card,
  border: `1px solid ${colors.line}`,
  borderRadius: '12px',
  padding: '32px 28px',
};

/** The frame of every mail: app's name, card, footer. Nothing in it is loaded from anywhere, so nobody learns of its being read. */
export const Layout = ({ locale, app, subject, heading, footer, children }: LayoutProps): ReactNode => (
  <Html lang={locale} dir="ltr">
    <Head>
      <title>{subject}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
      <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
      <style>{nightStyle}</style>
    </Head>
    {/* Body says "en" unless told, and screen readers believe the element that is nearest. */}
    <Body lang={locale} dir="ltr" className="page" style={{ backgroundColor: colors.page, fontFamily, margin: 0 }}>
      <Container style={{ maxWidth: '560px', padding: '32px 16px' }}>
        <Section className="text">
          <Paragraph style={{ fontSize: '20px', fontWeight: 700, margin: '0 0 16px' }}>{app}</Paragraph>
        </Section>
        <Section className="card text" style={card}>
          <Heading as="h1" style={{ color: colors.text, fontSize: '22px', lineHeight: '30px', margin: '0 0 16px' }}>
            {heading}
          </Heading>
          {children}
        </Section>
        <Section className="text">
          <Paragraph quiet style={{ margin: '20px 0 0' }}>
            {footer}
          </Paragraph>
        </Section>
      </Container>
    </Body>
  </Html>
);
