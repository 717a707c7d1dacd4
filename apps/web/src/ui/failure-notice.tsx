import type { Failure } from '../client/failure.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Notice } from './notice.tsx';

interface Props {
  readonly failure: Failure | undefined;
  /** Seconds until it can be tried again. */
  readonly wait: number;
}

/** What the service said, and how long to wait: counted down for the eye, said once to the ear. */
export const FailureNotice = ({ failure, wait }: Props) => {
  const { t } = useLanguage();
  if (failure === undefined) return <Notice kind="bad" />;
  const own = { AWAY: t.away.unsent, UNFORESEEN: t.common.unforeseen };
  const message = failure.code === 'AWAY' || failure.code === 'UNFORESEEN' ? own[failure.code] : failure.message;
  return (
    <Notice kind="bad">
      <p>{message}</p>
      {failure.retryAfter > 0 && (
        <p>
          <span className="for-ears">{t.common.tryAgainIn(failure.retryAfter)}</span>
          <span aria-hidden="true">{t.common.tryAgainIn(wait)}</span>
        </p>
      )}
      {failure.reference !== undefined && <p className="small">{t.common.reference(failure.reference)}</p>}
    </Notice>
  );
};
