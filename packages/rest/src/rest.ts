import { callProcedure } from '@moonlight/trpc';
import type { FastifyInstance } from 'fastify';
import { parseForms, parseJson } from './body-parsers.ts';
import { linkHandlers } from './link-page/link-handlers.ts';
import { procedureHandler, type RestParts } from './procedure-handler.ts';
import { readInput } from './read-input.ts';
import type { Door, Route } from './route.ts';
import { offeredRoutes } from './routes.ts';

// The second prefix answers exactly as the first one does.
const PREFIXES = ['/api/v1/auth', '/api/auth'];

const patternOf = ([, path]: Door): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

const registerLink = (scope: FastifyInstance, parts: RestParts, route: Route): void => {
  parseForms(scope);
  const handlers = linkHandlers(parts, route);
  for (const url of new Set(route.doors.map(patternOf))) {
    for (const method of ['GET', 'POST', 'HEAD'] as const)
      scope.route({ method, url, handler: handlers[method], exposeHeadRoute: false });
  }
};

const registerAll = async (scope: FastifyInstance, parts: RestParts): Promise<void> => {
  parseJson(scope);
  for (const { path, route } of offeredRoutes) {
    if (route.page === true) {
      await scope.register(async (links) => registerLink(links, parts, route));
      continue;
    }
    const handler = procedureHandler(parts, route, (request, context) =>
      callProcedure(path, readInput(request), context),
    );
    for (const door of route.doors) scope.route({ method: door[0], url: patternOf(door), handler });
  }
};

/**
 * Mounts the REST door: snake_case, envelopes, and nothing else between HTTP and the procedures. Trailing slashes are the
 * host's to ignore, and refusals that never reach a procedure are the host's to word.
 */
export const rest = async (app: FastifyInstance, parts: RestParts): Promise<void> => {
  for (const prefix of PREFIXES) await app.register((scope) => registerAll(scope, parts), { prefix });
};
