import type { Failure } from '../client/failure.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Button } from './button.tsx';
import { FailureNotice } from './failure-notice.tsx';
import { Waiting } from './waiting.tsx';

interface Props {
  /** Why there is nothing to show; undefined while it is asked for. */
  readonly failure: Failure | undefined;
  readonly onRetry: () => void;
}

/** In place of what could not be had. Where no answer came the banner says so, and asks again by itself. */
export const Trouble = ({ failure, onRetry }: Props) => {
  const { t } = useLanguage();
  if (failure === undefined || failure.code === 'AWAY') return <Waiting />;
  return (
    <div className="panel-place">
      <div className="panel">
        <FailureNotice failure={failure} wait={failure.retryAfter} />
        <Button onPress={onRetry}>{t.common.retry}</Button>
      </div>
    </div>
  );
};
