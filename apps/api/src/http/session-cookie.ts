import { AuthError } from '@moonlight/auth';
import type { Config } from '@moonlight/config';
import type { Localized } from '@moonlight/contracts';
import type { TokenStore } from '@moonlight/trpc';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { localeOf } from './request-info.ts';
import { originCheck } from './security.ts';

/**
 * Returns the store of a caller's refresh token; undefined for callers that store it themselves. Throws VALIDATION_FAILED for
 * a page that asks for the cookie mode and whose origin is not allowed.
 */
export type TokenStoreOf = (request: FastifyRequest, reply: FastifyReply) => TokenStore | undefined;

// Our tokens have 71 characters. A longer value is not one of ours and is ignored.
const MAX_TOKEN_LENGTH = 512;

// A name of a host has 253 characters at most.
const MAX_ORIGIN_LENGTH = 270;

const isOrigin = (value: string): boolean =>
  value.length <= MAX_ORIGIN_LENGTH && URL.canParse(value) && new URL(value).origin === value;

/** The refusal of an origin. It names the origin only if the header is one, because any client can send any text. */
const notAllowed = (origin: string): Localized => {
  const [en, chinese] = isOrigin(origin) ? [origin, ` ${origin} `] : ['this one', '此来源'];
  return {
    en: `the cookie mode is for origins in CORS_ORIGINS: add ${en} there`,
    'zh-CN': `Cookie 模式仅限 CORS_ORIGINS 中的来源使用，请将${chinese}加入其中`,
  };
};

const readToken = (name: string, header: string | undefined): string | undefined => {
  // Our tokens need no decoding.
  const value = parseCookie(header ?? '', { decode: (text) => text })[name];
  return value === undefined || value === '' || value.length > MAX_TOKEN_LENGTH ? undefined : value;
};

/**
 * The cookie mode, for browsers: if a request has the header `X-Moonlight-Session: cookie`, the refresh token is stored in a
 * cookie that scripts cannot read. Only pages of an allowed origin may use it, and others are refused: an answer without a
 * cookie would hand them a refresh token that they asked not to see. The header and the check of `Origin` stop other pages of
 * the same site, which SameSite allows. A caller without `Origin` is not a browser and needs no cookie.
 */
export const sessionCookie = (config: Config): TokenStoreOf => {
  const isAllowed = originCheck(config);
  // The prefix makes browsers refuse the cookie from a subdomain or over http (RFC 6265bis, 4.1.3.2).
  const isSecure = !config.app.isDevelopment || config.http.publicUrl.startsWith('https:');
  const name = isSecure ? '__Host-moonlight_session' : 'moonlight_session';

  return (request, reply) => {
    const { origin, cookie, 'x-moonlight-session': mode } = request.headers;
    if (mode !== 'cookie' || origin === undefined) return undefined;
    if (!isAllowed(origin)) {
      const details = [{ path: 'origin', message: notAllowed(origin)[localeOf(request)] }];
      throw new AuthError('VALIDATION_FAILED', { details });
    }
    let isSaved = false;
    const set = (value: string, maxAge: number) => {
      const setCookie = {
        name,
        value,
        maxAge,
        path: '/',
        httpOnly: true,
        secure: isSecure,
        sameSite: 'strict',
      } as const;
      reply.removeHeader('set-cookie');
      reply.header('set-cookie', stringifySetCookie(setCookie));
    };
    return {
      refreshToken: readToken(name, cookie),
      save: (refreshToken) => {
        isSaved = true;
        set(refreshToken, config.tokens.refreshTokenSeconds);
      },
      // Clears the token that the request sent. Another call of the same batch may have saved a new one, which stays.
      clear: () => {
        if (!isSaved) set('', 0);
      },
    };
  };
};
