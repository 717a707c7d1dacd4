import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { type Path, pageAt } from './paths.ts';

/** What one page tells the next, in memory alone: history entries are written to disk, and this may hold a password. */
export interface Carried {
  readonly email?: string;
  readonly password?: string;
  readonly notice?: 'loggedOut' | 'ended' | 'passwordReset';
}

interface Place {
  /** Undefined where there is no page of ours. */
  readonly page: Path | undefined;
  /** Where to go after logging in. Only pages of ours: an address from outside must not lead elsewhere. */
  readonly next: Path | undefined;
  readonly carried: Carried;
  /** Counts moves from page to page; 0 is the page that was loaded. */
  readonly moves: number;
}

interface Move {
  readonly carried?: Carried;
  readonly next?: Path | undefined;
  /** The page that is left is not worth going back to. */
  readonly replace?: boolean;
}

interface Router extends Place {
  readonly go: (path: Path, move?: Move) => void;
}

const RouterContext = createContext<Router | undefined>(undefined);

const placeNow = (moves: number, carried: Carried = {}): Place => ({
  page: pageAt(location.pathname),
  next: pageAt(new URLSearchParams(location.search).get('next')),
  carried,
  moves,
});

/** Shows pages by the address bar, and moves between them without loading anything. */
export const RouterProvider = ({ children }: { readonly children: ReactNode }) => {
  const [place, setPlace] = useState(() => placeNow(0));
  useEffect(() => {
    const onPop = () => setPlace(({ moves }) => placeNow(moves + 1));
    addEventListener('popstate', onPop);
    return () => removeEventListener('popstate', onPop);
  }, []);
  const router = useMemo<Router>(
    () => ({
      ...place,
      go: (path, { carried, next, replace = false } = {}) => {
        const url = next === undefined ? path : `${path}?${new URLSearchParams({ next }).toString()}`;
        if (replace) history.replaceState(null, '', url);
        else history.pushState(null, '', url);
        setPlace(({ moves }) => placeNow(moves + 1, carried));
        scrollTo(0, 0);
      },
    }),
    [place],
  );
  return <RouterContext value={router}>{children}</RouterContext>;
};

/** Where we are, and how to go elsewhere. */
export const useRouter = (): Router => {
  const router = use(RouterContext);
  if (router === undefined) throw new Error('useRouter is used outside of RouterProvider');
  return router;
};
