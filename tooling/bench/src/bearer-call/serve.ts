import type { FastifyInstance } from 'fastify';

/**
 * Listens on a free port and tells the parent process its address; tells the processor time it has used, in microseconds,
 * whenever it is asked; and ends when the parent lets go.
 */
export const serve = async (app: FastifyInstance): Promise<void> => {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  process.send?.(url);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.once('disconnect', () => process.exit(0));
};
