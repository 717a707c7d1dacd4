/** A person's choices on this device. A browser that keeps nothing (storage blocked) forgets them, and that is all. */
export const remembered = {
  read: (key: 'locale' | 'theme'): string | null => {
    try {
      return localStorage.getItem(`moonlight.${key}`);
    } catch {
      return null;
    }
  },
  write: (key: 'locale' | 'theme', value: string | null): void => {
    try {
      if (value === null) localStorage.removeItem(`moonlight.${key}`);
      else localStorage.setItem(`moonlight.${key}`, value);
    } catch {
      // It holds until the page is left.
    }
  },
};
