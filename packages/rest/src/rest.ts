import { callProcedure } from '@moonlight/trpc';
import type { FastifyInstance } from 'fastify';
import { linkHandlers, rejectHandlers } from './email-verification/link-handlers.ts';
import { procedureHandler, type RestDeps } from './procedure-handler.ts';
import type { RestPath } from './route.ts';
import { type OfferedRoute, offeredRoutes } from './routes.ts';
import { readInput } from './spelling.ts';

// Both prefixes answer alike.
const PREFIXES = ['/api/v1/auth', '/api/auth'];

/**
 * Parses JSON as Fastify does, and accepts an empty body: many programs send a content type without a body, and a logout
 * needs none.
 */
const parseJson = (scope: FastifyInstance): void => {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
};

/** Parses the form of a browser. Its fields are an input like any other; our own form has no fields. */
const parseForms = (scope: FastifyInstance): void => {
  scope.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, body === '' ? undefined : Object.fromEntries(new URLSearchParams(body)));
    },
  );
};

const patternOf = ([, path]: RestPath): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

const registerLink = (scope: FastifyInstance, deps: RestDeps, { procedure, route }: OfferedRoute): void => {
  parseForms(scope);
  const handlers = procedure === 'emailVerification.reject' ? rejectHandlers(deps, route) : linkHandlers(deps, route);
  for (const url of new Set(route.paths.map(patternOf))) {
    for (const [method, handler] of Object.entries(handlers))
      scope.route({ method, url, handler, exposeHeadRoute: false });
  }
};

const registerAll = async (scope: FastifyInstance, deps: RestDeps): Promise<void> => {
  parseJson(scope);
  for (const offered of offeredRoutes) {
    const { procedure, route } = offered;
    if (route.page === true) {
      await scope.register(async (links) => registerLink(links, deps, offered));
      continue;
    }
    const handler = procedureHandler(deps, route, (request, context) =>
      callProcedure(procedure, readInput(request), context),
    );
    for (const path of route.paths) scope.route({ method: path[0], url: patternOf(path), handler });
  }
};

/**
 * Mounts the REST API: snake_case, envelopes, and direct calls of the procedures. The host ignores trailing slashes, and
 * answers the requests that reach no procedure.
 */
export const rest = async (app: FastifyInstance, deps: RestDeps): Promise<void> => {
  for (const prefix of PREFIXES) await app.register((scope) => registerAll(scope, deps), { prefix });
};
