import type { Browser } from 'playwright-core';
import { buildAppsOnce } from '../src/run-app.ts';
import { launchChromium } from './launch-chromium.ts';
import { openSite, type Site } from './open-site.ts';

let launched: Browser | undefined;
let started: Site | undefined;

const there = <Thing>(thing: Thing | undefined): Thing => {
  if (thing === undefined) throw new Error('the site is there within tests only');
  return thing;
};

/** The browser that all journeys share: it takes a while to start. */
export const browser = (): Browser => there(launched);

/** The site of the journeys that need no settings of their own. */
export const site = (): Site => there(started);

/** Starts both, once a test run has built the pages. */
export const startTheSite = async (): Promise<void> => {
  [launched] = await Promise.all([launchChromium(), buildAppsOnce()]);
  started = await openSite(launched);
};

/** Ends both, as far as they have come. */
export const closeTheSite = async (): Promise<void> => {
  await started?.close();
  await launched?.close();
};
