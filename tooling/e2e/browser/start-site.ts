import { createTestClock, startTestServer, type TestClock, type TestServer } from '@moonlight/api/testing';
import { startWebServer, type WebServer } from '@moonlight/web';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildSite } from './build-site.ts';
import { launchChromium } from './launch-chromium.ts';

/** The built frontend in a real browser, before the real service. */
export interface Site {
  readonly url: string;
  readonly api: TestServer;
  readonly clock: TestClock;
  /** A browser of its own, as far as cookies, storage and the service's limits per address go. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** Where a mailed link leads on this site. */
  linkTo(mailed: string): string;
  close(): Promise<void>;
}

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  /** The address the pages call instead of the service's own: a proxy that can be cut. */
  readonly throughProxy?: (api: string) => Promise<string>;
}

let visitors = 0;
// Each visitor comes from an address of its own, or one journey would use up the limits of the next.
const nextAddress = (): string => {
  visitors += 1;
  return `10.${process.pid % 250}.${Math.floor(visitors / 250)}.${(visitors % 250) + 1}`;
};

const openPage = async (browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> => {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-US',
    timezoneId: 'Europe/Zurich',
    viewport: { width: 1280, height: 860 },
    extraHTTPHeaders: { 'x-forwarded-for': nextAddress() },
    ...options,
  });
  context.setDefaultTimeout(15_000);
  return context.newPage();
};

/** Starts everything a journey needs. */
export const startSite = async ({ env, throughProxy }: Options = {}): Promise<Site> => {
  const clock = createTestClock();
  const [site, browser, api] = await Promise.all([
    buildSite(),
    launchChromium(),
    startTestServer({ env: { TRUST_PROXY: '127.0.0.1/32', ...env }, overrides: { clock } }),
  ]);
  const publicUrl = throughProxy === undefined ? api.url : await throughProxy(api.url);
  const web: WebServer = await startWebServer({
    folder: site.folder,
    host: '127.0.0.1',
    port: 0,
    publicUrl,
    appName: 'Moonlight',
  });
  const url = `http://127.0.0.1:${web.port}`;
  return {
    url,
    api,
    clock,
    open: (options = {}) => openPage(browser, url, options),
    linkTo: (mailed) => {
      const { pathname, search } = new URL(mailed);
      return `${url}${pathname}${search}`;
    },
    close: async () => {
      await browser.close();
      await Promise.all([web.close(), api.close(), site.remove()]);
    },
  };
};
