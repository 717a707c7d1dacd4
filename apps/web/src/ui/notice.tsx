import { Component, type ReactNode } from 'react';
import { type Failure, sentenceOf } from '../client/failure.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Button } from './button.tsx';
import { Moon } from './icons.tsx';

interface NoticeProps {
  readonly kind: 'good' | 'bad' | 'calm';
  readonly children?: ReactNode;
}

/** A message. Its live region is always in the document, because screen readers announce only changes of it. */
export const Notice = ({ kind, children }: NoticeProps) => (
  <div aria-live={kind === 'bad' ? 'assertive' : 'polite'} className="notice-region">
    {children !== undefined && children !== false && children !== null && (
      <div className={`notice notice-${kind}`}>{children}</div>
    )}
  </div>
);

interface FailureNoticeProps {
  readonly failure: Failure | undefined;
  /** Seconds until a retry is allowed. */
  readonly wait: number;
}

/** A failure and its wait. The countdown is visible; screen readers announce the whole wait once. */
export const FailureNotice = ({ failure, wait }: FailureNoticeProps) => {
  const { t } = useLanguage();
  if (failure === undefined) return <Notice kind="bad" />;
  return (
    <Notice kind="bad">
      <p>{sentenceOf(failure, t)}</p>
      {failure.retryAfter > 0 && (
        <p>
          <span className="visually-hidden">{t.common.tryAgainIn(failure.retryAfter)}</span>
          <span aria-hidden="true">{t.common.tryAgainIn(wait)}</span>
        </p>
      )}
      {failure.reference !== undefined && <p className="small">{t.common.reference(failure.reference)}</p>}
    </Notice>
  );
};

/** Shown while data loads. It fades in late, so that fast answers cause no flicker. */
export const Loading = () => {
  const { t } = useLanguage();
  return (
    <div aria-live="polite" className="loading">
      <Moon phase={0.5} />
      <span className="visually-hidden">{t.common.loading}</span>
    </div>
  );
};

interface ErrorStateProps {
  /** Undefined while the data loads. */
  readonly failure: Failure | undefined;
  readonly onRetry: () => void;
}

/** Shown instead of data that could not be loaded. Without a connection the banner says so, and retries by itself. */
export const ErrorState = ({ failure, onRetry }: ErrorStateProps) => {
  const { t } = useLanguage();
  if (failure === undefined || failure.code === 'UNREACHABLE') return <Loading />;
  return (
    <div className="panel-place">
      <div className="panel">
        <FailureNotice failure={failure} wait={failure.retryAfter} />
        <Button onPress={onRetry}>{t.common.retry}</Button>
      </div>
    </div>
  );
};

interface ErrorBoundaryProps {
  readonly fallback: ReactNode;
  readonly children: ReactNode;
}

/** Shows `fallback` when a page throws while it renders. React supports this in classes only. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.fallback : this.props.children;
  }
}
