import { confirmEmailOutput } from '@moonlight/contracts';
import { callProcedure, inspectLink } from '@moonlight/trpc';
import { type Call, contextOf, type Handler, procedureHandler, type RestParts } from '../procedure-handler.ts';
import { readInput } from '../read-input.ts';
import { readRefusal } from '../refuse.ts';
import type { Route } from '../route.ts';
import type { PageKind } from './page-texts.ts';
import { prefersHtml } from './prefers-html.ts';
import { pageHeaders, renderPage } from './render-page.ts';

const look: Call<PageKind> = async ({ params }, ctx) => {
  const { status } = await inspectLink({ ctx, getRawInput: () => Promise.resolve({ token: params['token'] }) });
  return status;
};

const confirm: Call = (request, context) => callProcedure('emailVerification.confirm', readInput(request), context);

const showPage =
  (parts: RestParts, call: Call<PageKind>): Handler =>
  async (request, reply) => {
    const context = contextOf(parts, request);
    const info = context.request;
    const { appName, frontendUrl } = parts.auth.deps.settings;
    const page = { locale: info.locale, appName, frontendUrl };
    reply.headers(pageHeaders);
    try {
      return renderPage({ ...page, kind: await call(request, context) });
    } catch (error) {
      const { message } = readRefusal(error, { request, reply, info });
      return renderPage({ ...page, kind: 'refused', reason: message });
    }
  };

/**
 * The handlers behind a verification link. Programs get JSON, and a GET confirms. People get a page: GET looks at the link
 * without spending it, since mail scanners open links before their readers do, and the page's button POSTs. HEAD answers
 * as GET would and spends nothing.
 */
export const linkHandlers = (parts: RestParts, route: Route): Readonly<Record<'GET' | 'POST' | 'HEAD', Handler>> => {
  const lookPage = showPage(parts, look);
  const confirmPage = showPage(parts, async (request, context) => {
    const { status } = confirmEmailOutput.parse(await confirm(request, context));
    return status;
  });
  const confirmJson = procedureHandler(parts, route, confirm);
  const lookJson = procedureHandler(parts, route, async (request, context) => ({
    status: (await look(request, context)) === 'open' ? 'verified' : 'already_verified',
  }));
  const byAccept =
    (page: Handler, json: Handler): Handler =>
    (request, reply) =>
      prefersHtml(request.headers.accept) ? page(request, reply) : json(request, reply);
  return {
    GET: byAccept(lookPage, confirmJson),
    POST: byAccept(confirmPage, confirmJson),
    HEAD: byAccept(lookPage, lookJson),
  };
};
