import { type ReactNode, useCallback } from 'react';
import { type AroundNavHandler, Link as WouterLink, Router, useLocation, useSearch } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { type Path, pageAt } from './paths.ts';

/** What one page passes to the next. */
export interface Carried {
  readonly email?: string;
  readonly notice?: 'loggedOut' | 'ended' | 'passwordReset';
}

interface Target {
  readonly to: Path;
  /** The page to show after login. */
  readonly next?: Path | undefined;
  readonly carried?: Carried;
}

const NOTHING: Carried = {};
let latest: { readonly id: unknown; readonly carried: Carried } = { id: undefined, carried: NOTHING };

// Browsers write history entries to disk and `carried` may hold an email, so the entry gets a random id instead.
const navigateInMemory: AroundNavHandler = (navigate, to, options: { state?: Carried; replace?: boolean } = {}) => {
  const { state: carried = NOTHING, ...rest } = options;
  latest = { id: Math.random(), carried };
  navigate(to, { ...rest, state: latest.id });
  scrollTo(0, 0);
};

/** Shows pages by the path of the URL, and moves between them without loading a document. */
export const RouterProvider = ({ children }: { readonly children: ReactNode }) => (
  <Router aroundNav={navigateInMemory}>{children}</Router>
);

const urlOf = ({ to, next }: Target): string =>
  next === undefined ? to : `${to}?${new URLSearchParams({ next }).toString()}`;

/** The current page, and how to go to another one. */
export const useRouter = () => {
  const [pathname, navigate] = useLocation();
  const search = useSearch();
  const id: unknown = useHistoryState();
  const go = useCallback(
    (target: Target, { replace = false } = {}) => {
      const { carried = NOTHING } = target;
      navigate(urlOf(target), { state: carried, replace });
    },
    [navigate],
  );
  return {
    /** Undefined if the path has no page. */
    page: pageAt(pathname),
    /** The page to show after login. Only our own pages: a mailed link must not redirect to another site. */
    next: pageAt(new URLSearchParams(search).get('next')),
    carried: id === latest.id ? latest.carried : NOTHING,
    go,
  };
};

interface LinkProps extends Target {
  readonly className?: string;
  readonly children: ReactNode;
}

/** A link to another page. It is a real link, so that it can be opened in a new tab. */
export const Link = ({ to, next, carried = NOTHING, className, children }: LinkProps) => {
  const { page } = useRouter();
  return (
    <WouterLink
      href={urlOf({ to, next })}
      state={carried}
      className={className}
      aria-current={page === to ? 'page' : undefined}
    >
      {children}
    </WouterLink>
  );
};
