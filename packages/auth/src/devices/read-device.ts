import { BROWSER_MAP, OS_MAP, parse } from 'bowser';

/** What a User-Agent header says about a device; null where it says nothing that is known. */
export interface Device {
  readonly browser: string | null;
  readonly system: string | null;
}

// For a user agent that it does not know, bowser answers with a piece of it. Only names from its own lists are returned.
const browserNames = new Set(Object.values(BROWSER_MAP));
const systemNames = new Set(Object.values(OS_MAP));

const LONGEST_USER_AGENT = 512;

const browserOf = (userAgent: string, name: string | undefined): string | null => {
  if (userAgent.startsWith('curl/')) return 'curl';
  return name !== undefined && browserNames.has(name) ? name : null;
};

/**
 * Reads the browser and the system from a User-Agent, such as Firefox and Windows. The sender of a request chooses this
 * header, so none of its own text is returned.
 */
export const readDevice = (userAgent: string | null | undefined): Device => {
  if (userAgent === null || userAgent === undefined || userAgent === '') return { browser: null, system: null };
  const { browser, os, platform } = parse(userAgent.slice(0, LONGEST_USER_AGENT));
  const model = platform.model === 'iPhone' || platform.model === 'iPad' ? platform.model : null;
  return {
    browser: browserOf(userAgent, browser.name),
    system: model ?? (os.name !== undefined && systemNames.has(os.name) ? os.name : null),
  };
};
