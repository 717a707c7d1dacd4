import { useCallback, useEffect, useState } from 'react';

const secondsUntil = (deadline: number): number => Math.max(0, Math.ceil((deadline - Date.now()) / 1000));

/** Whole seconds left of a wait, and how to start one. Counts by the clock, so a tab that slept is right when it wakes. */
export const useCountdown = (): readonly [left: number, start: (seconds: number) => void] => {
  const [deadline, setDeadline] = useState(0);
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (secondsUntil(deadline) === 0) return undefined;
    const timer = window.setInterval(() => {
      const rest = secondsUntil(deadline);
      setLeft(rest);
      if (rest === 0) window.clearInterval(timer);
    }, 250);
    return () => window.clearInterval(timer);
  }, [deadline]);
  const start = useCallback((seconds: number) => {
    setDeadline(Date.now() + seconds * 1000);
    setLeft(seconds);
  }, []);
  return [left, start];
};
