import { createMoonlightClient, type MoonlightClient, webStorageStore } from '@moonlight/client';
import { recordEvents } from './people.ts';

declare global {
  /** The client of the page, for tests. */
  var moonlight: MoonlightClient;
  var events: string[];
}

const parameters = new URLSearchParams(location.search);
globalThis.moonlight = createMoonlightClient({
  url: parameters.get('api') ?? '',
  session: parameters.get('session') === 'cookie' ? 'cookie' : webStorageStore(localStorage),
});
globalThis.events = recordEvents(moonlight);
