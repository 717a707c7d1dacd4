import type { Session } from '@moonlight/client';
import { useLanguage } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { describeDevice } from '../ui/describe-device.ts';
import { timeAgo } from '../ui/time-ago.ts';

interface Props {
  readonly session: Session;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}

/** A place where somebody is logged in. */
export const SessionRow = ({ session, isBusy, onEnd }: Props) => {
  const { t, locale } = useLanguage();
  const { current, createdAt, lastUsedAt, userAgent, ip } = session;
  const device = describeDevice(userAgent, t);
  const since = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(new Date(createdAt));
  return (
    <li className="session">
      <div>
        <p className="session-device">
          <strong title={userAgent ?? undefined}>{device}</strong>{' '}
          {current && <span className="badge badge-good">{t.sessions.current}</span>}
        </p>
        <p className="session-when">
          <time dateTime={lastUsedAt}>{t.sessions.lastUsed(timeAgo(lastUsedAt, locale))}</time>
          {ip !== null && ` · ${t.sessions.address(ip)}`}
        </p>
        <p className="session-when">
          <time dateTime={createdAt}>{t.sessions.since(since)}</time>
        </p>
      </div>
      {!current && (
        <Button isBusy={isBusy} label={t.sessions.endNamed(device)} onPress={onEnd}>
          {t.sessions.end}
        </Button>
      )}
    </li>
  );
};
