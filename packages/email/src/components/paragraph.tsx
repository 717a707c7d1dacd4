import type { CSSProperties, ReactNode } from 'react';
import { Text } from 'react-email';
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
