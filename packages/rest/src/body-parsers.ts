import type { FastifyInstance } from 'fastify';

/**
 * JSON, as Fastify reads it, but for the empty body: many programs name a content type without sending anything, and a
 * logout needs no more than that.
 */
export const parseJson = (scope: FastifyInstance): void => {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
};

/** What a browser's form sends. Its fields are input like any other; ours has none. */
export const parseForms = (scope: FastifyInstance): void => {
  scope.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, body === '' ? undefined : Object.fromEntries(new URLSearchParams(body)));
    },
  );
};
