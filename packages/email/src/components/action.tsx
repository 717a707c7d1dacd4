import type { ReactNode } from 'react';
import { Button, Link } from 'react-email';
import { Paragraph } from './paragraph.tsx';
import { colors } from './theme.ts';

interface ActionProps {
  readonly url: string;
  readonly label: string;
  readonly openAddress: string;
}

const button = {
  backgroundColor: colors.button,
  borderRadius: '8px',
  color: colors.buttonText,
  fontSize: '16px',
  fontWeight: 600,
  padding: '14px 24px',
};

/** A button, and its address in plain sight: whoever does not trust buttons, or has none, can read where it leads. */
export const Action = ({ url, label, openAddress }: ActionProps): ReactNode => (
  <>
    <Paragraph style={{ margin: '24px 0' }}>
      <Button href={url} className="button" style={button}>
        {label}
      </Button>
    </Paragraph>
    <Paragraph quiet>
      <span data-skip-in-text>
        {openAddress}
        <br />
      </span>
      <Link
        href={url}
        className="link"
        style={{ color: colors.link, textDecoration: 'underline', wordBreak: 'break-all' }}
      >
        {url}
      </Link>
    </Paragraph>
  </>
);
