import { createTestClock, startTestServer, type TestClock, type TestServer } from '@moonlight/api/testing';
import type { Captcha } from '@moonlight/auth';
import { altchaCaptcha } from '@moonlight/auth/testing';
import { freePort } from '@moonlight/redis/testing';
import { startWebServer } from '@moonlight/web';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { PAGES } from '../src/run-app.ts';
import type { Mailbox } from '../src/mailbox.ts';
import { startStack } from '../src/start-stack.ts';

/** The built frontend in a real browser, before the real service, whose worker mails to the dev inbox. */
export interface Site {
  readonly url: string;
  readonly api: TestServer;
  readonly clock: TestClock;
  readonly mailbox: Mailbox;
  /**
   * What no page may do, and did: ask anybody but this site, the service and the inbox, tell where it is, break the
   * policy, throw.
   */
  readonly complaints: string[];
  /** A browser of its own, as far as cookies, storage and the service's limits per address go. */
  open(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

let visitors = 0;
// Each visitor comes from an address of its own, or one journey would use up the limits of the next.
const nextAddress = (): string => {
  visitors += 1;
  return `10.0.${Math.floor(visitors / 250)}.${(visitors % 250) + 1}`;
};

const watch = (context: BrowserContext, origins: readonly string[], complaints: string[]): void => {
  context.on('request', (request) => {
    if (!origins.includes(new URL(request.url()).origin)) complaints.push(`asked ${request.url()}`);
    const { referer: referrer = '' } = request.headers();
    if (referrer !== '') complaints.push(`told ${request.url()} of ${referrer}`);
  });
  context.on('weberror', (webError) => complaints.push(String(webError.error())));
  context.on('console', (message) => {
    // An answer that is a refusal is an error to the console, and none to a journey.
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
  });
};

interface Stand {
  readonly browser: Browser;
  readonly url: string;
  /** Whom pages may ask. */
  readonly origins: readonly string[];
  readonly complaints: string[];
}

const openPage = async (
  { browser, url, origins, complaints }: Stand,
  options: BrowserContextOptions,
): Promise<Page> => {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-US',
    timezoneId: 'Europe/Zurich',
    viewport: { width: 1280, height: 860 },
    // Drawn by the processor alone, a moon that rises slowly costs more than the journey.
    reducedMotion: 'reduce',
    extraHTTPHeaders: { 'x-forwarded-for': nextAddress() },
    ...options,
  });
  watch(context, origins, complaints);
  context.setDefaultTimeout(25_000);
  return context.newPage();
};

const startApi = async (clock: TestClock, env: Readonly<Record<string, string>>): Promise<TestServer> => {
  // The real one, which asks for a hundredth of the work: the browsers of several journeys share a machine.
  const easy = (): Captcha => altchaCaptcha({ secret: 'of these tests', db: api.deps.db, clock, tries: 50 });
  const captcha: Captcha = {
    challenge: async () => easy().challenge?.() ?? {},
    verify: (payload, ip) => easy().verify(payload, ip),
  };
  const isOurs = env['CAPTCHA_PROVIDER'] === undefined;
  const api: TestServer = await startTestServer({
    env: { TRUST_PROXY: '127.0.0.1/32', ...env },
    overrides: isOurs ? { clock, captcha } : { clock },
  });
  return api;
};

/**
 * Starts the service, its worker, an inbox and the pages' server; `env` is the service's. The pages have been built before.
 */
export const openSite = async (browser: Browser, env: Readonly<Record<string, string>> = {}): Promise<Site> => {
  const clock = createTestClock();
  // Mails lead to the pages, and the pages to the service: one of the two addresses has to be known beforehand.
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const api = await startApi(clock, { FRONTEND_URL: url, ...env });
  // The worker lives in real time. No mail is too late for it, as journeys put the service's clock forward only.
  const [web, post] = await Promise.all([
    startWebServer({ folder: PAGES, host: '127.0.0.1', port, publicUrl: api.url, appName: 'Moonlight' }),
    startStack({ databaseUrl: api.database.url, apis: 0 }),
  ]);
  const stand: Stand = { browser, url, origins: [url, api.url, post.mailbox.url], complaints: [] };
  return {
    url,
    api,
    clock,
    mailbox: post.mailbox,
    complaints: stand.complaints,
    open: (options = {}) => openPage(stand, options),
    close: async () => {
      await Promise.all([web.close(), post.close()]);
      await api.close();
    },
  };
};
