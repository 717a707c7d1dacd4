import { useCallback, useEffect, useState } from 'react';
import { useIsAway } from '../client/connection.ts';
import { probe } from '../client/probe.ts';
import { queryClient } from '../client/query-client.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Button } from './button.tsx';

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;

const Away = () => {
  const { t } = useLanguage();
  const [tries, setTries] = useState(0);
  const [isAsking, setIsAsking] = useState(false);
  const ask = useCallback(async () => {
    setIsAsking(true);
    await probe();
    setIsAsking(false);
    setTries((count) => count + 1);
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => void ask(), Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS));
    return () => clearTimeout(timer);
  }, [ask, tries]);
  useEffect(() => {
    const onOnline = () => void ask();
    addEventListener('online', onOnline);
    return () => {
      removeEventListener('online', onOnline);
      // It is back: whatever the pages could not ask, they ask now.
      void queryClient.invalidateQueries();
    };
  }, [ask]);
  return (
    <div className="away">
      <p>
        <strong>{t.away.title}</strong> {t.away.text}
      </p>
      <Button isBusy={isAsking} onPress={() => void ask()}>
        {t.common.retry}
      </Button>
    </div>
  );
};

/** A calm word while the service cannot be reached. It is asked again and again, with growing pauses, until it answers. */
export const AwayBanner = () => (
  <div aria-live="polite" className="away-place">
    {useIsAway() && <Away />}
  </div>
);
