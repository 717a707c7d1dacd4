import { type ReactNode, useEffect } from 'react';
import { APP_NAME } from '../client/moonlight.ts';
import { Moon } from './icons.tsx';

interface Props {
  readonly title: string;
  readonly heading: string;
  readonly lead?: ReactNode;
  /** The lit part of the moon, from 0 to 1. It grows with the steps to a verified account. */
  readonly moon: number;
  readonly isWide?: boolean;
  readonly children?: ReactNode;
}

let isFirst = true;

/** Moves the focus to the page's heading, for when the element that had it is gone. */
export const focusHeading = (): void => document.querySelector('h1')?.focus({ preventScroll: true });

/**
 * A page with its title, heading and content. Its heading gets the focus, except on the first page after a document was
 * loaded, so that screen readers announce the new page. Give two states of one page different keys to get the same.
 */
export const Page = ({ title, heading, lead, moon, isWide = false, children }: Props) => {
  useEffect(() => {
    document.title = `${title} · ${APP_NAME}`;
  }, [title]);
  useEffect(() => {
    if (!isFirst) focusHeading();
    isFirst = false;
  }, []);
  return (
    <div className={isWide ? 'panel-place panel-place-wide' : 'panel-place'}>
      <Moon phase={moon} className="moon-rising" />
      <div className="panel">
        <h1 tabIndex={-1}>{heading}</h1>
        {lead !== undefined && <p className="lead">{lead}</p>}
        {children}
      </div>
    </div>
  );
};
