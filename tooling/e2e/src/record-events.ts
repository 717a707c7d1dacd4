import type { MoonlightClient, MoonlightEvents } from '@moonlight/client';

const NAMES: readonly (keyof MoonlightEvents)[] = ['signedIn', 'signedOut', 'refreshed'];

/** Writes down what a client tells, such as `signedIn here`. */
export const recordEvents = (client: MoonlightClient): string[] => {
  const events: string[] = [];
  for (const name of NAMES) client.on(name, (detail) => events.push(`${name} ${Object.values(detail).join()}`));
  return events;
};
