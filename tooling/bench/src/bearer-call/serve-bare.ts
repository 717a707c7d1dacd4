import { fastify } from 'fastify';
import { openSelect } from './select-user.ts';
import { serve } from './serve.ts';

const [, , sessionId = '', userId = ''] = process.argv;
const select = openSelect(sessionId, userId);
const app = fastify();
app.get('/', async () => ({ code: 0, message: 'success', data: await select() }));
await serve(app);
