import { useCallback, useEffect, useState } from 'react';
import { checkConnection, queryClient, useIsOffline } from '../client/query-client.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Button } from './button.tsx';

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;

const Reconnecting = () => {
  const { t } = useLanguage();
  const [tries, setTries] = useState(0);
  const [isChecking, setIsChecking] = useState(false);
  const check = useCallback(async () => {
    setIsChecking(true);
    await checkConnection();
    setIsChecking(false);
    setTries((count) => count + 1);
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => void check(), Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS));
    return () => clearTimeout(timer);
  }, [check, tries]);
  useEffect(() => {
    const onOnline = () => void check();
    addEventListener('online', onOnline);
    return () => {
      removeEventListener('online', onOnline);
      // The service answers again: the pages load what they could not load.
      void queryClient.invalidateQueries();
    };
  }, [check]);
  return (
    <div className="offline-banner">
      <p>
        <strong>{t.offline.title}</strong> {t.offline.text}
      </p>
      <Button isBusy={isChecking} onPress={() => void check()}>
        {t.common.retry}
      </Button>
    </div>
  );
};

/** Shown while the service cannot be reached. It checks the connection with growing pauses. */
export const OfflineBanner = () => <div aria-live="polite">{useIsOffline() && <Reconnecting />}</div>;
