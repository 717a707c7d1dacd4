import { createTestClock, startTestServer, type TestClock, type TestServer } from '@moonlight/api/testing';
import type { Captcha } from '@moonlight/auth';
import { altchaCaptcha } from '@moonlight/auth/testing';
import { freePort } from '@moonlight/redis/testing';
import { startWebServer } from '@moonlight/web';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Mailbox } from '../src/mailbox.ts';
import { buildAppsOnce, PAGES } from '../src/run-app.ts';
import { startStack } from '../src/start-stack.ts';
import { launchChromium } from './launch-chromium.ts';

type Env = Readonly<Record<string, string>>;

/** The built web app in a real browser, with the real API, worker and development inbox behind it. */
export interface Site {
  readonly url: string;
  readonly api: TestServer;
  /** The API's clock. Tests move it forward; the browser and the worker keep real time. */
  readonly clock: TestClock;
  readonly mailbox: Mailbox;
  /**
   * What pages did although no page may: a request to another origin, a Referer header, a violation of the content
   * security policy, an uncaught error.
   */
  readonly complaints: string[];
  /** Opens a page with its own cookies and storage, and its own IP address for the API's limits. */
  open(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

// The worker decrypts the mails that the API queues.
const SECRET_KEY = 'a secret that API and worker of these tests share';

let opened = 0;
// With a shared IP address one test would use up the limits of the next.
const nextAddress = (): string => {
  opened += 1;
  return `10.0.${Math.floor(opened / 250)}.${(opened % 250) + 1}`;
};

const collectComplaints = (context: BrowserContext, allowedOrigins: readonly string[], complaints: string[]): void => {
  context.on('request', (request) => {
    if (!allowedOrigins.includes(new URL(request.url()).origin)) complaints.push(`requested ${request.url()}`);
    const { referer: referrer = '' } = request.headers();
    if (referrer !== '') complaints.push(`sent the referrer ${referrer} to ${request.url()}`);
  });
  context.on('weberror', (webError) => complaints.push(String(webError.error())));
  context.on('console', (message) => {
    // The console reports every 4xx answer as an error; tests provoke those on purpose.
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
  });
};

const openContext = (browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> =>
  browser.newContext({
    locale: 'en-US',
    timezoneId: 'Europe/Zurich',
    viewport: { width: 1280, height: 860 },
    // Without a GPU the animations would cost more time than the tests themselves.
    reducedMotion: 'reduce',
    extraHTTPHeaders: { 'x-forwarded-for': nextAddress() },
    ...options,
  });

const startApi = async (clock: TestClock, env: Env): Promise<TestServer> => {
  // The real captcha with a hundredth of its work: several browsers share the machine.
  const easy = (): Captcha => altchaCaptcha({ secrets: ['of these tests'], db: api.deps.db, clock, tries: 50 });
  const captcha: Captcha = {
    challenge: async () => easy().challenge?.() ?? {},
    verify: (payload, ip) => easy().verify(payload, ip),
  };
  const usesAltcha = env['CAPTCHA_PROVIDER'] === undefined;
  const api: TestServer = await startTestServer({
    env: { SECRET_KEY, TRUST_PROXY: '127.0.0.1/32', ...env },
    overrides: usesAltcha ? { clock, captcha } : { clock },
  });
  return api;
};

/** Starts API, worker, inbox and web server; `env` configures the API. The web app has to be built. */
const openSite = async (browser: Browser, env: Env): Promise<Site> => {
  const clock = createTestClock();
  // Mails link to the pages and the pages call the API: one of the two ports has to be chosen beforehand.
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const api = await startApi(clock, { FRONTEND_URL: url, ...env });
  const [web, stack] = await Promise.all([
    startWebServer({ folder: PAGES, host: '127.0.0.1', port, publicUrl: api.url, appName: 'Moonlight' }),
    startStack({ databaseUrl: api.database.url, apis: 0, env: { SECRET_KEY } }),
  ]);
  const complaints: string[] = [];
  return {
    url,
    api,
    clock,
    mailbox: {
      ...stack.mailbox,
      next: async (to) => {
        // By the worker's clock, a mail that the API queues after its clock was moved forward is not due yet.
        await stack.sql.query("update outbox set due_at = now() where state = 'pending' and due_at > now()");
        return stack.mailbox.next(to);
      },
    },
    complaints,
    open: async (options = {}) => {
      const context = await openContext(browser, { baseURL: url, ...options });
      collectComplaints(context, [url, api.url, stack.mailbox.url], complaints);
      context.setDefaultTimeout(25_000);
      return context.newPage();
    },
    close: async () => {
      await Promise.all([web.close(), stack.close()]);
      await api.close();
    },
  };
};

/**
 * Gives the tests of a file a browser and a site of their own, and returns how to get the site. After the tests it
 * expects that no page did anything that no page may do.
 */
export const setUpSite = (env: Env = {}): (() => Site) => {
  let browser: Browser | undefined;
  let site: Site | undefined;
  beforeAll(async () => {
    [browser] = await Promise.all([launchChromium(), buildAppsOnce()]);
    site = await openSite(browser, env);
  });
  afterAll(async () => {
    await site?.close();
    await browser?.close();
    expect(site?.complaints).toEqual([]);
  });
  return () => {
    if (site === undefined) throw new Error('the site exists within tests only');
    return site;
  };
};
