import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Filter, Mailbox } from './mailbox.ts';
import { framedHtml, listPage, messagePage, notFoundPage } from './pages.ts';
import type { Listener } from './smtp-listener.ts';

// A mail may use styles and embedded pictures. It may not run scripts or load anything, so its sender does not learn that
// it was opened.
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
// No other website may show the inbox in a frame, where it could lead a click to a mailed link.
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const COMMON = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, {
    ...COMMON,
    'X-Frame-Options': 'DENY',
    'Content-Type': 'application/json; charset=utf-8',
  });
  response.end(JSON.stringify(body));
};

interface Html {
  readonly status: number;
  readonly body: string;
  readonly isMail?: boolean;
}

const sendHtml = (response: ServerResponse, { status, body, isMail = false }: Html): void => {
  response.writeHead(status, {
    ...COMMON,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': isMail ? MAIL_POLICY : PAGE_POLICY,
    'X-Frame-Options': isMail ? 'SAMEORIGIN' : 'DENY',
  });
  response.end(body);
};

const MAX_WAIT_SECONDS = 60;

const wholeNumber = (value: string | null): number | undefined => {
  if (value === null) return 0;
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
};

/** The query of `GET /api/messages`; undefined when a number is invalid. The wait is a minute at most. */
const parseQuery = (query: URLSearchParams): { filter: Filter; waitMs: number } | undefined => {
  const wait = wholeNumber(query.get('wait'));
  const after = wholeNumber(query.get('after'));
  if (wait === undefined || after === undefined) return undefined;
  const to = query.get('to')?.trim().toLowerCase();
  return { filter: { to, after }, waitMs: Math.min(wait, MAX_WAIT_SECONDS) * 1000 };
};

/** A request and what is needed to answer it. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly mailbox: Mailbox;
}

const answerMessages = async ({ response, mailbox }: Exchange, query: URLSearchParams): Promise<void> => {
  const asked = parseQuery(query);
  if (asked === undefined) return sendJson(response, 400, { error: 'wait and after must be whole numbers' });
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), asked.waitMs);
  response.once('close', () => timeout.abort());
  const messages = await mailbox.wait(asked.filter, timeout.signal);
  clearTimeout(timer);
  if (!response.destroyed) sendJson(response, 200, { messages });
};

const answerApi = async (exchange: Exchange, url: URL): Promise<void> => {
  const { request, response, mailbox } = exchange;
  const id = /^\/api\/messages\/(\d+)$/.exec(url.pathname)?.[1];
  if (request.method === 'GET' && url.pathname === '/api/messages') return answerMessages(exchange, url.searchParams);
  if (request.method === 'DELETE' && url.pathname === '/api/messages') {
    mailbox.clear();
    return sendJson(response, 200, { messages: [] });
  }
  const message = id === undefined ? undefined : mailbox.get(id);
  if (request.method === 'GET' && message !== undefined) return sendJson(response, 200, message);
  return sendJson(response, 404, { error: 'not found' });
};

const answerPage = ({ response, mailbox }: Exchange, url: URL): void => {
  if (url.pathname === '/') return sendHtml(response, { status: 200, body: listPage(mailbox.list()) });
  const [, id = '', framed] = /^\/messages\/(\d+)(\/html)?$/.exec(url.pathname) ?? [];
  const message = mailbox.get(id);
  if (message === undefined) return sendHtml(response, { status: 404, body: notFoundPage() });
  if (framed !== undefined) return sendHtml(response, { status: 200, body: framedHtml(message), isMail: true });
  return sendHtml(response, { status: 200, body: messagePage(message) });
};

/**
 * Answers one request. Requests with another `Host` than this machine are refused: otherwise a website whose name resolves
 * to this machine (DNS rebinding) could read password reset links through its visitor's browser.
 */
const route = async (exchange: Exchange): Promise<void> => {
  const { request, response } = exchange;
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? '')) {
    return sendJson(response, 403, { error: 'only reachable as localhost' });
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  return url.pathname.startsWith('/api/') ? answerApi(exchange, url) : answerPage(exchange, url);
};

/** Serves the pages and the JSON API on loopback. Rejects when `port` is in use. */
export const listenHttp = (mailbox: Mailbox, port: number): Promise<Listener> => {
  const server = createServer((request, response) => {
    route({ request, response, mailbox }).catch(() => response.destroy());
  });
  const close = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' ? (address?.port ?? port) : port, close });
    });
  });
};
