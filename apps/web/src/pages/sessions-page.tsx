import type { Session, SessionsRevokeOthersOutput } from '@moonlight/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { failureIn } from '../client/failure.ts';
import { moonlight } from '../client/moonlight.ts';
import { useAction } from '../forms/use-action.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Members } from '../session/members.tsx';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Notice } from '../ui/notice.tsx';
import { focusHeading, Page } from '../ui/page.tsx';
import { describeDevice } from '../ui/describe-device.ts';
import { Trouble } from '../ui/trouble.tsx';
import { SessionRow } from './session-row.tsx';

const QUERY_KEY = ['sessions'];

const SessionList = ({ sessions }: { readonly sessions: readonly Session[] }) => {
  const { t } = useLanguage();
  const cache = useQueryClient();
  const [said, setSaid] = useState<string>();
  const after = (sentence: string) => {
    setSaid(sentence);
    // The button that was pressed goes away with its row.
    focusHeading();
    void cache.invalidateQueries({ queryKey: QUERY_KEY });
  };
  const one = useAction({
    call: ({ id }: Session) => moonlight.sessions.revoke.mutate({ id }),
    onDone: (_, session) => after(t.sessions.ended(describeDevice(session.userAgent, t))),
    onFailed: () => void cache.invalidateQueries({ queryKey: QUERY_KEY }),
  });
  const others = useAction<void, SessionsRevokeOthersOutput>({
    call: () => moonlight.sessions.revokeOthers.mutate(),
    onDone: ({ revoked }) => after(t.sessions.othersEnded(revoked)),
  });
  const ordered = sessions.toSorted((a, b) => Number(b.current) - Number(a.current));
  return (
    <div className="stack">
      <Notice kind="good">{said !== undefined && <p>{said}</p>}</Notice>
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
  const { data, error, refetch } = useQuery({ queryKey: QUERY_KEY, queryFn: () => moonlight.sessions.list.query() });
  if (data !== undefined) return <SessionList sessions={data} />;
  return <Trouble failure={failureIn(error)} onRetry={() => void refetch()} />;
};

export const SessionsPage = () => {
  const { t } = useLanguage();
  return (
    <Members>
      {() => (
        <Page title={t.sessions.title} heading={t.sessions.heading} lead={t.sessions.text} moon={0.85} isWide>
          <Sessions />
        </Page>
      )}
    </Members>
  );
};
