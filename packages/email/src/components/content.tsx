import type { CSSProperties, ReactNode } from 'react';
import { Button, Link, Text } from 'react-email';
import { colors } from './theme.ts';

interface ParagraphProps {
  readonly children: ReactNode;
  readonly quiet?: boolean;
  readonly style?: CSSProperties;
}

export const Paragraph = ({ children, quiet = false, style }: ParagraphProps): ReactNode => (
  <Text
    className={quiet ? 'quiet' : undefined}
    style={{
      color: quiet ? colors.quiet : colors.text,
      fontSize: quiet ? '13px' : '16px',
      lineHeight: quiet ? '20px' : '25px',
      margin: '0 0 16px',
      ...style,
    }}
  >
    {children}
  </Text>
);

/** A verification code in large digits. It is one word, so that a double click selects all of it. */
export const Code = ({ code }: { readonly code: string }): ReactNode => (
  <Text
    className="code"
    style={{
      backgroundColor: colors.page,
      border: `1px solid ${colors.line}`,
      borderRadius: '8px',
      color: colors.text,
      fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Courier New', monospace",
      fontSize: '32px',
      fontWeight: 700,
      letterSpacing: '6px',
      lineHeight: '40px',
      margin: '24px 0',
      padding: '16px 8px 16px 14px',
      textAlign: 'center',
    }}
  >
    {code}
  </Text>
);

const buttonStyle = {
  backgroundColor: colors.button,
  borderRadius: '8px',
  color: colors.buttonText,
  fontSize: '16px',
  fontWeight: 600,
  padding: '14px 24px',
};

const linkStyle: CSSProperties = { color: colors.link, textDecoration: 'underline', wordBreak: 'break-all' };

export const TextLink = ({ url, children }: { readonly url: string; readonly children: ReactNode }): ReactNode => (
  <Link href={url} className="link" style={linkStyle}>
    {children}
  </Link>
);

interface LinkButtonProps {
  readonly url: string;
  readonly label: string;
  readonly fallback: string;
}

/** A button and, below it, its URL in full: readers can check where it leads, and use it where buttons do not work. */
export const LinkButton = ({ url, label, fallback }: LinkButtonProps): ReactNode => (
  <>
    <Paragraph style={{ margin: '24px 0' }}>
      <Button href={url} className="button" style={buttonStyle}>
        {label}
      </Button>
    </Paragraph>
    <Paragraph quiet>
      <span data-skip-in-text>
        {fallback}
        <br />
      </span>
      <TextLink url={url}>{url}</TextLink>
    </Paragraph>
  </>
);
