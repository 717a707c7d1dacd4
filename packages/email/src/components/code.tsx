import type { ReactNode } from 'react';
import { Text } from 'react-email';
import { colors } from './theme.ts';

/** A code, large, and in one piece, so that a double click takes all of it. */
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
