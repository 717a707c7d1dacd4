import type { Config } from '@moonlight/config';
import type { TokenStore } from '@moonlight/trpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { originCheck } from './cors.ts';

/** Returns the store of a caller's refresh token; undefined for callers that store it themselves. */
export type TokenStoreOf = (request: FastifyRequest, reply: FastifyReply) => TokenStore | undefined;

// Ours have 71 characters. What is longer was not made here, and is not carried further.
const MAX_TOKEN_LENGTH = 512;

const cookieNamed = (name: string, header: string | undefined): string | undefined => {
  const start = `${name}=`;
  const pair = header?.split(';').find((each) => each.trimStart().startsWith(start));
  const value = pair?.trimStart().slice(start.length).trimEnd();
  return value === undefined || value === '' || value.length > MAX_TOKEN_LENGTH ? undefined : value;
};

/**
 * The cookie mode, for browsers: who asks for it by `X-Moonlight-Session: cookie` has its refresh token kept in a cookie that
 * no script can read. Only pages of an allowed origin may ask. The header and the check of `Origin` stop other pages
 * of the same site, which SameSite lets through; a caller without an Origin is no browser and has no use for a cookie.
 */
export const sessionCookie = (config: Config): TokenStoreOf => {
  const isAllowed = originCheck(config);
  // The prefix makes browsers refuse the cookie from a subdomain, or over http (RFC 6265bis, 4.1.3.2).
  const isSecure = !config.app.isDevelopment || config.http.publicUrl.startsWith('https:');
  const name = isSecure ? '__Host-moonlight_session' : 'moonlight_session';
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;

  return (request, reply) => {
    const { origin, cookie, 'x-moonlight-session': mode } = request.headers;
    if (mode !== 'cookie' || !isAllowed(origin)) return undefined;
    let isNew = false;
    const set = (value: string, maxAge: number) => {
      reply.removeHeader('set-cookie');
      reply.header('set-cookie', `${name}=${value}; Max-Age=${maxAge}; ${attributes}`);
    };
    return {
      refreshToken: cookieNamed(name, cookie),
      save: (refreshToken) => {
        isNew = true;
        set(refreshToken, config.tokens.refreshTokenSeconds);
      },
      // What came with the request; in a batch a call beside it may have brought a new one.
      clear: () => {
        if (!isNew) set('', 0);
      },
    };
  };
};
