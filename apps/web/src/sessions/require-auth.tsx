import type { User } from '@moonlight/client';
import { type ReactNode, useEffect } from 'react';
import { asFailure } from '../client/failure.ts';
import { paths } from '../routing/paths.ts';
import { useRouter } from '../routing/router.tsx';
import { ErrorState, Loading } from '../ui/notice.tsx';
import { refetchSession, takeEndReason, useSession } from './session.ts';

/**
 * A page for logged-out users. A logged-in user, also one who logs in in another tab, goes on to the `next` page. If the
 * service does not answer, the page is shown.
 */
export const RedirectIfAuthenticated = ({ children }: { readonly children: ReactNode }) => {
  const { user, error } = useSession();
  const { next = paths.account, go } = useRouter();
  const isLoggedIn = user !== null && user !== undefined;
  useEffect(() => {
    if (isLoggedIn) go({ to: next }, { replace: true });
  }, [isLoggedIn, next, go]);
  return isLoggedIn || (user === undefined && error === null) ? <Loading /> : children;
};

/** A page for logged-in users. Others log in first and return here, except after they logged out on purpose. */
export const RequireAuth = ({ children }: { readonly children: (user: User) => ReactNode }) => {
  const { user, error } = useSession();
  const { page, go } = useRouter();
  useEffect(() => {
    if (user !== null) return;
    const reason = takeEndReason();
    if (reason === 'loggedOut' || reason === 'elsewhere') {
      go({ to: paths.login, carried: { notice: 'loggedOut' } }, { replace: true });
    } else {
      const carried = reason === 'ended' ? { notice: reason } : {};
      go({ to: paths.login, next: page, carried }, { replace: true });
    }
  }, [user, page, go]);
  if (user !== null && user !== undefined) return children(user);
  return <ErrorState failure={error === null ? undefined : asFailure(error)} onRetry={() => void refetchSession()} />;
};
