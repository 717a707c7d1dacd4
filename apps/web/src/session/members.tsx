import type { User } from '@moonlight/client';
import { type ReactNode, useEffect } from 'react';
import { failureIn } from '../client/failure.ts';
import { paths } from '../routing/paths.ts';
import { useRouter } from '../routing/router.tsx';
import { Trouble } from '../ui/trouble.tsx';
import { refetchSession, takeEnd, useSession } from './session.ts';

/** A page for those who are signed in. Others log in first and come back; who logged out on purpose does not. */
export const Members = ({ children }: { readonly children: (user: User) => ReactNode }) => {
  const { user, error } = useSession();
  const { page, go } = useRouter();
  useEffect(() => {
    if (user !== null) return;
    const end = takeEnd();
    if (end === 'loggedOut' || end === 'elsewhere') {
      go(paths.login, { replace: true, carried: { notice: 'loggedOut' } });
    } else {
      go(paths.login, { replace: true, next: page, carried: end === 'ended' ? { notice: 'ended' } : {} });
    }
  }, [user, page, go]);
  if (user !== null && user !== undefined) return children(user);
  return <Trouble failure={failureIn(error)} onRetry={() => void refetchSession()} />;
};
