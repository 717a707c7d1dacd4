import document from '@moonlight/rest/openapi.json' with { type: 'json' };
import type { FastifyInstance } from 'fastify';

/** `GET /openapi.json`: the description of the REST door, as it was generated from its schemas. */
export const openapi = (app: FastifyInstance): void => {
  const text = JSON.stringify(document);
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(text));
};
