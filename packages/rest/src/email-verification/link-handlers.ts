import { verifyEmailOutput } from '@moonlight/contracts';
import { callProcedure, inspectLink } from '@moonlight/trpc';
import {
  type Call,
  contextOf,
  type Handler,
  procedureHandler,
  readError,
  type RestDeps,
} from '../procedure-handler.ts';
import type { Route } from '../route.ts';
import { readInput } from '../spelling.ts';
import { linkPage, linkPageHeaders, type PageKind } from './link-page.ts';
import { prefersHtml } from './prefers-html.ts';

const inspect: Call<PageKind> = async ({ params }, ctx) => {
  const { status } = await inspectLink({ ctx, getRawInput: () => Promise.resolve({ token: params['token'] }) });
  return status;
};

const confirm: Call = (request, context) => callProcedure('emailVerification.confirm', readInput(request), context);

const pageHandler =
  (deps: RestDeps, call: Call<PageKind>): Handler =>
  async (request, reply) => {
    const context = contextOf(deps, request);
    const info = context.request;
    const { appName, frontendUrl } = deps.auth.deps.settings;
    const page = { locale: info.locale, appName, frontendUrl };
    reply.headers(linkPageHeaders);
    try {
      return linkPage({ ...page, kind: await call(request, context) });
    } catch (error) {
      const { message } = readError(error, { request, reply, info });
      return linkPage({ ...page, kind: 'failed', reason: message });
    }
  };

/**
 * The handlers of a verification link. A program gets JSON, and its GET verifies the email address. A browser gets a page:
 * GET inspects the link without using it, because mail scanners open links before the reader does, and the page's button
 * sends a POST. HEAD answers as GET does and never uses the link.
 */
export const linkHandlers = (deps: RestDeps, route: Route): Readonly<Record<'GET' | 'POST' | 'HEAD', Handler>> => {
  const inspectPage = pageHandler(deps, inspect);
  const confirmPage = pageHandler(deps, async (request, context) => {
    const { status } = verifyEmailOutput.parse(await confirm(request, context));
    return status;
  });
  const confirmJson = procedureHandler(deps, route, confirm);
  const inspectJson = procedureHandler(deps, route, async (request, context) => ({
    status: (await inspect(request, context)) === 'open' ? 'verified' : 'already_verified',
  }));
  const byAccept =
    (page: Handler, json: Handler): Handler =>
    (request, reply) =>
      prefersHtml(request.headers.accept) ? page(request, reply) : json(request, reply);
  return {
    GET: byAccept(inspectPage, confirmJson),
    POST: byAccept(confirmPage, confirmJson),
    HEAD: byAccept(inspectPage, inspectJson),
  };
};
