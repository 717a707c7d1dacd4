import { launchBrowser, openSite, type Site } from './open-site.ts';

type Launched = Awaited<ReturnType<typeof launchBrowser>>;

let launched: Launched | undefined;
let started: Site | undefined;

const there = <Thing>(thing: Thing | undefined): Thing => {
  if (thing === undefined) throw new Error('the site is there within tests only');
  return thing;
};

/** The build and the browser that all journeys share: each of them costs seconds. */
export const house = (): Launched => there(launched);

/** The site of the journeys that need no settings of their own. */
export const site = (): Site => there(started);

export const startTheSite = async (): Promise<void> => {
  launched = await launchBrowser();
  started = await openSite(launched);
};

export const closeTheSite = async (): Promise<void> => {
  await started?.close();
  await launched?.close();
};
