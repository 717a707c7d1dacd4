import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestInfo } from '@moonlight/auth';
import type { Locale } from '@moonlight/contracts';
import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { ClientAddressOf } from './client-address.ts';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_USER_AGENT_LENGTH = 512;
const MAX_ACCEPT_LANGUAGE_LENGTH = 512;

/** The id of a request: the caller's own `X-Request-Id` if it is short and harmless, otherwise a new one. */
export const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
};

const supportedLocale = (range: string): Locale | undefined => {
  const tag = range.toLowerCase();
  if (tag === 'zh' || tag.startsWith('zh-')) return 'zh-CN';
  if (tag === 'en' || tag.startsWith('en-') || tag === '*') return 'en';
  return undefined;
};

// The package reads a weight without a number as 1; such a language counts as unwanted.
const EMPTY_WEIGHT = /;\s*q=\s*(?=[,;]|$)/gi;

/**
 * The locale of an `Accept-Language` header: the supported language with the highest weight, the first one of equal weight
 * (`fr, zh-CN` is Chinese), otherwise English (RFC 9110, 12.5.4). Reads at most 512 characters.
 */
export const pickLocale = (acceptLanguage: string | undefined): Locale => {
  if (acceptLanguage === undefined) return 'en';
  const header = acceptLanguage.slice(0, MAX_ACCEPT_LANGUAGE_LENGTH).replaceAll(EMPTY_WEIGHT, ';q=0');
  const ranges = new Negotiator({ headers: { 'accept-language': header } }).languages();
  return ranges.map(supportedLocale).find((locale) => locale !== undefined) ?? 'en';
};

/** The locale in which a request is answered. */
export const localeOf = (request: FastifyRequest): Locale => pickLocale(request.headers['accept-language']);

/** Returns the data of a request that the domain may read. */
export type RequestInfoOf = (request: FastifyRequest) => RequestInfo;

/** Reads the data of requests; `ip` is the client's address as far as TRUST_PROXY allows. */
export const requestInfo =
  (clientAddressOf: ClientAddressOf): RequestInfoOf =>
  (request) => ({
    requestId: request.id,
    traceparent: request.record?.span?.traceparent,
    ip: clientAddressOf(request.raw),
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    locale: localeOf(request),
  });
