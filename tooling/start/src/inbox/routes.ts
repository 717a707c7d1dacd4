import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Mailbox } from './mailbox.ts';
import { parseQuery } from './parse-query.ts';
import { framedHtml, listPage, messagePage, notFoundPage } from './pages.ts';
import { sendHtml, sendJson } from './send.ts';

/** One request and what is needed to answer it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly mailbox: Mailbox;
}

const answerMessages = async ({ response, mailbox }: Exchange, query: URLSearchParams): Promise<void> => {
  const asked = parseQuery(query);
  if (asked === undefined) return sendJson(response, 400, { error: 'wait and after must be whole numbers' });
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), asked.waitMs);
  response.once('close', () => patience.abort());
  const messages = await mailbox.wait(asked.wanted, patience.signal);
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
 * Answers one request. Only requests that name this machine are heard: a page elsewhere could otherwise let its own
 * name point here, and read the reset links of whoever visits it.
 */
export const route = async (exchange: Exchange): Promise<void> => {
  const { request, response } = exchange;
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? '')) {
    return sendJson(response, 403, { error: 'only reachable as localhost' });
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  return url.pathname.startsWith('/api/') ? answerApi(exchange, url) : answerPage(exchange, url);
};
