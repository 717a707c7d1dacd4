import { initTRPC } from '@trpc/server';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { fastify } from 'fastify';
import { openSelect } from './select-user.ts';
import { serve } from './serve.ts';

const [, , sessionId = '', userId = ''] = process.argv;
const select = openSelect(sessionId, userId);
const { procedure, router } = initTRPC.create();
const app = fastify();
await app.register(fastifyTRPCPlugin, {
  prefix: '/trpc',
  trpcOptions: { router: router({ profile: procedure.query(() => select()) }) },
});
await serve(app);
