import type { Session, SessionsRevokeOthersOutput } from '@moonlight/client';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asFailure } from '../client/failure.ts';
import { moonlight } from '../client/moonlight.ts';
import { useAction } from '../forms/use-action.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorState, FailureNotice, Notice } from '../ui/notice.tsx';
import { focusHeading, Page } from '../ui/page.tsx';
import { describeDevice, timeAgo } from './describe-session.ts';
import { RequireAuth } from './require-auth.tsx';

const sessionsQuery = queryOptions({ queryKey: ['sessions'], queryFn: () => moonlight.sessions.list.query() });

interface RowProps {
  readonly session: Session;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}

const SessionRow = ({ session, isBusy, onEnd }: RowProps) => {
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

/** The two ways to end sessions, and the sentence that says what was done. */
const useEndSessions = () => {
  const { t } = useLanguage();
  const cache = useQueryClient();
  const [done, setDone] = useState<string>();
  const refetch = () => void cache.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  const finish = (sentence: string) => {
    setDone(sentence);
    // The button that had the focus disappears with its row.
    focusHeading();
    refetch();
  };
  const one = useAction({
    call: ({ id }: Session) => moonlight.sessions.revoke.mutate({ id }),
    onDone: (_, session) => finish(t.sessions.ended(describeDevice(session.userAgent, t))),
    onFailed: refetch,
  });
  const others = useAction<void, SessionsRevokeOthersOutput>({
    call: () => moonlight.sessions.revokeOthers.mutate(),
    onDone: ({ revoked }) => finish(t.sessions.othersEnded(revoked)),
  });
  return { one, others, done };
};

const SessionList = ({ sessions }: { readonly sessions: readonly Session[] }) => {
  const { t } = useLanguage();
  const { one, others, done } = useEndSessions();
  const ordered = sessions.toSorted((a, b) => Number(b.current) - Number(a.current));
  return (
    <div className="stack">
      <Notice kind="good">{done !== undefined && <p>{done}</p>}</Notice>
      <ul className="sessions">
        {ordered.map((session) => (
          <SessionRow key={session.id} session={session} isBusy={one.isBusy} onEnd={() => one.run(session)} />
        ))}
      </ul>
      <FailureNotice failure={one.failure ?? others.failure} wait={Math.max(one.wait, others.wait)} />
      {sessions.length > 1 ? (
        <Button isBusy={others.isBusy} isWaiting={others.wait > 0} onPress={() => others.run()}>
          {t.sessions.endOthers}
        </Button>
      ) : (
        <p className="field-hint">{t.sessions.alone}</p>
      )}
    </div>
  );
};

const Sessions = () => {
  const { data, error, refetch } = useQuery(sessionsQuery);
  if (data !== undefined) return <SessionList sessions={data} />;
  return <ErrorState failure={error === null ? undefined : asFailure(error)} onRetry={() => void refetch()} />;
};

export const SessionsPage = () => {
  const { t } = useLanguage();
  return (
    <RequireAuth>
      {() => (
        <Page title={t.sessions.title} heading={t.sessions.heading} lead={t.sessions.text} moon={0.85} isWide>
          <Sessions />
        </Page>
      )}
    </RequireAuth>
  );
};
