import { useEffect, useState, useSyncExternalStore } from 'react';
import { remembered } from '../boot/remembered.ts';

export type Theme = 'light' | 'dark';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

const subscribe = (onChange: () => void): (() => void) => {
  systemIsDark.addEventListener('change', onChange);
  return () => systemIsDark.removeEventListener('change', onChange);
};

const storedTheme = (): Theme | null => {
  const stored = remembered.read('theme');
  return stored === 'light' || stored === 'dark' ? stored : null;
};

/** Colours as the system wants them, until somebody chooses; choosing what the system says anyway follows it again. */
export const useTheme = (): { theme: Theme; toggle: () => void } => {
  const system: Theme = useSyncExternalStore(subscribe, () => systemIsDark.matches) ? 'dark' : 'light';
  const [chosen, setChosen] = useState(storedTheme);
  const theme = chosen ?? system;
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  const toggle = () => {
    const opposite: Theme = theme === 'dark' ? 'light' : 'dark';
    const next = opposite === system ? null : opposite;
    remembered.write('theme', next);
    setChosen(next);
  };
  return { theme, toggle };
};
