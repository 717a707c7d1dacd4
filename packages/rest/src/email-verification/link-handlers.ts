import { type InspectLinkOutput, inspectLinkOutput, verifyEmailOutput } from '@moonlight/contracts';
import { callProcedure } from '@moonlight/trpc';
import {
  type Call,
  contextOf,
  type Handler,
  procedureHandler,
  readError,
  type RestDeps,
} from '../procedure-handler.ts';
import type { Route } from '../route.ts';
import { readInput, type RestRequest } from '../spelling.ts';
import { linkPage, linkPageHeaders, type OpenLink, type PageKind } from './link-page.ts';
import { prefersHtml } from './prefers-html.ts';

type Method = 'GET' | 'POST' | 'HEAD';

interface PageState {
  readonly kind: PageKind;
  readonly open?: OpenLink;
}

/** The path of “This was not me”. It is relative to the page, because a proxy may have added a prefix. */
const rejectPathOf = ({ url }: RestRequest): string => {
  const [path = ''] = url.split('?', 1);
  return path.endsWith('/') ? 'reject' : `${path.slice(path.lastIndexOf('/') + 1)}/reject`;
};

const inspect: Call<InspectLinkOutput> = async ({ params }, context) =>
  inspectLinkOutput.parse(await callProcedure('emailVerification.inspect', { token: params['token'] }, context));

const inspectForPage: Call<PageState> = async (request, context) => {
  const { status, registration } = await inspect(request, context);
  return registration === null
    ? { kind: status }
    : { kind: status, open: { registration, rejectPath: rejectPathOf(request) } };
};

const confirm: Call = (request, context) => callProcedure('emailVerification.confirm', readInput(request), context);
const reject: Call = (request, context) => callProcedure('emailVerification.reject', readInput(request), context);

const pageHandler =
  (deps: RestDeps, call: Call<PageState>): Handler =>
  async (request, reply) => {
    const context = contextOf(deps, request);
    const info = context.request;
    const { appName, frontendUrl } = deps.auth.deps.settings;
    const page = { locale: info.locale, appName, frontendUrl };
    reply.headers(linkPageHeaders);
    try {
      return linkPage({ ...page, ...(await call(request, context)) });
    } catch (error) {
      const { code, message } = readError(error, { request, reply, info });
      if (code === 'EMAIL_ALREADY_VERIFIED') return linkPage({ ...page, kind: 'already_verified' });
      if (code.startsWith('LINK_')) return linkPage({ ...page, kind: 'unusable' });
      return linkPage({ ...page, kind: 'failed', reason: message });
    }
  };

const byAccept =
  (page: Handler, json: Handler): Handler =>
  (request, reply) =>
    prefersHtml(request.headers.accept) ? page(request, reply) : json(request, reply);

/**
 * The handlers of a verification link. A program gets JSON, and its GET verifies the email address. A browser gets a page:
 * GET inspects the link without using it, because mail scanners open links before the reader does, and the page's buttons
 * send a POST. HEAD answers as GET does and never uses the link.
 */
export const linkHandlers = (deps: RestDeps, route: Route): Readonly<Record<Method, Handler>> => {
  const inspectPage = pageHandler(deps, inspectForPage);
  const confirmPage = pageHandler(deps, async (request, context) => ({
    kind: verifyEmailOutput.parse(await confirm(request, context)).status,
  }));
  const confirmJson = procedureHandler(deps, route, confirm);
  const inspectJson = procedureHandler(deps, route, async (request, context) => ({
    status: (await inspect(request, context)).status === 'open' ? 'verified' : 'already_verified',
  }));
  return {
    GET: byAccept(inspectPage, confirmJson),
    POST: byAccept(confirmPage, confirmJson),
    HEAD: byAccept(inspectPage, inspectJson),
  };
};

/** The handler of “This was not me”: JSON for programs, a page for browsers. Only a POST removes an account. */
export const rejectHandlers = (deps: RestDeps, route: Route): Readonly<Partial<Record<Method, Handler>>> => {
  const page = pageHandler(deps, async (request, context) => {
    await reject(request, context);
    return { kind: 'rejected' };
  });
  return { POST: byAccept(page, procedureHandler(deps, route, reject)) };
};
