import { type ReactNode, useEffect } from 'react';
import { pageSettings } from '../boot/page-settings.ts';
import { Moon } from './moon.tsx';

interface Props {
  readonly title: string;
  readonly heading: string;
  readonly lead?: ReactNode;
  /** How much of the moon is lit: it waxes on the way to an account. */
  readonly moon: number;
  readonly isWide?: boolean;
  readonly children?: ReactNode;
}

let isFirst = true;

/** Takes the focus to the page's heading, where what had it is gone. */
export const focusHeading = (): void => document.querySelector('h1')?.focus({ preventScroll: true });

/**
 * A page: its title, its heading, its panel under the moon. A page that replaces another one takes the focus to its
 * heading, so that it is read out like a page that was loaded; give the states of one page different keys for that.
 */
export const Page = ({ title, heading, lead, moon, isWide = false, children }: Props) => {
  useEffect(() => {
    document.title = `${title} · ${pageSettings.appName}`;
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
