import { useEffect, useState, useSyncExternalStore } from 'react';

type Key = 'locale' | 'theme';

/** The user's choices on this device. If the browser blocks storage, a choice lasts until the page is closed. */
export const preferences = {
  read: (key: Key): string | null => {
    try {
      return localStorage.getItem(`moonlight.${key}`);
    } catch {
      return null;
    }
  },
  write: (key: Key, value: string | null): void => {
    try {
      if (value === null) localStorage.removeItem(`moonlight.${key}`);
      else localStorage.setItem(`moonlight.${key}`, value);
    } catch {
      // Storage is blocked or full.
    }
  },
};

type Theme = 'light' | 'dark';

const darkMode = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

const onSystemThemeChange = (listener: () => void): (() => void) => {
  const media = darkMode();
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
};

const storedTheme = (): Theme | null => {
  const stored = preferences.read('theme');
  return stored === 'light' || stored === 'dark' ? stored : null;
};

/** The theme of the system, until the user chooses one. Choosing the system's theme follows the system again. */
export const useTheme = (): { theme: Theme; toggle: () => void } => {
  const system: Theme = useSyncExternalStore(onSystemThemeChange, () => darkMode().matches) ? 'dark' : 'light';
  const [chosen, setChosen] = useState(storedTheme);
  const theme = chosen ?? system;
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  const toggle = () => {
    const opposite: Theme = theme === 'dark' ? 'light' : 'dark';
    const next = opposite === system ? null : opposite;
    preferences.write('theme', next);
    setChosen(next);
  };
  return { theme, toggle };
};
