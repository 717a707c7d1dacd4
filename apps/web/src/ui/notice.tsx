import type { ReactNode } from 'react';

interface Props {
  readonly kind: 'good' | 'bad' | 'calm';
  readonly children?: ReactNode;
}

/** Something that has happened. It is read out when it appears: the place for it is there before. */
export const Notice = ({ kind, children }: Props) => (
  <div aria-live={kind === 'bad' ? 'assertive' : 'polite'} className="notice-place">
    {children !== undefined && children !== false && children !== null && (
      <div className={`notice notice-${kind}`}>{children}</div>
    )}
  </div>
);
