import { type ReactNode, useEffect } from 'react';
import { paths } from '../routing/paths.ts';
import { useRouter } from '../routing/router.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { useSession } from './session.ts';

/**
 * A page on the way in. Whoever is signed in, by this page or in another tab, goes on to where they wanted to be. It is there
 * also when the service cannot say who that is.
 */
export const Guests = ({ children }: { readonly children: ReactNode }) => {
  const { user, error } = useSession();
  const { next = paths.account, go } = useRouter();
  const isSignedIn = user !== null && user !== undefined;
  useEffect(() => {
    if (isSignedIn) go(next, { replace: true });
  }, [isSignedIn, next, go]);
  return isSignedIn || (user === undefined && error === null) ? <Waiting /> : children;
};
