import { createMoonlightClient, type MoonlightClient, webStorageStore } from '@moonlight/client';
import { recordEvents } from './people.ts';

declare global {
  /** The client of the page, where a test drives it. */
  var moonlight: MoonlightClient;
  var events: string[];
}

const asked = new URLSearchParams(location.search);
globalThis.moonlight = createMoonlightClient({
  url: asked.get('api') ?? '',
  session: asked.get('session') === 'cookie' ? 'cookie' : webStorageStore(localStorage),
});
globalThis.events = recordEvents(moonlight);
