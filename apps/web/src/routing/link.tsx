import type { MouseEvent, ReactNode } from 'react';
import type { Path } from './paths.ts';
import { type Carried, useRouter } from './router.tsx';

interface Props {
  readonly to: Path;
  readonly next?: Path | undefined;
  readonly carried?: Carried;
  readonly className?: string;
  readonly children: ReactNode;
}

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** A link to another page; a real one, so that opening it in a new tab works as everywhere. */
export const Link = ({ to, next, carried = {}, className, children }: Props) => {
  const { page, go } = useRouter();
  return (
    <a
      href={next === undefined ? to : `${to}?${new URLSearchParams({ next }).toString()}`}
      className={className}
      aria-current={page === to ? 'page' : undefined}
      onClick={(event) => {
        if (!isPlainClick(event)) return;
        event.preventDefault();
        go(to, { carried, next });
      }}
    >
      {children}
    </a>
  );
};
