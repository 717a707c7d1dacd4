import { initTRPC } from '@trpc/server';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { fastify, type FastifyInstance } from 'fastify';
import { Pool } from 'pg';

// Started as a separate process, with the kind of server (`moonlight`, `bare` or `trpc`); a bare one also needs a session id and a user id.

const TEXT = `select u.id, u.email, u.username, u.locale, u.is_active, u.email_verified_at, u.created_at, u.updated_at,
  s.expires_at, s.revoked_at from users u left join sessions s on s.id = $1 and s.user_id = u.id where u.id = $2`;

interface Row {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly locale: string;
  readonly is_active: boolean;
  readonly email_verified_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The prepared select of a bearer call, on a pool as large as the service's. Its result is what the service answers. */
const openSelect = (sessionId: string, userId: string) => {
  const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
  return async () => {
    const { rows } = await pool.query<Row>({ name: 'bare', text: TEXT, values: [sessionId, userId] });
    return rows.map((row) => ({
      id: row.id,
      email: row.email,
      username: row.username,
      is_active: row.is_active,
      is_email_verified: row.email_verified_at !== null,
      email_verified_at: row.email_verified_at,
      locale: row.locale,
      created_at: row.created_at,
      updated_at: row.updated_at,
    }))[0];
  };
};

/** Only Fastify and the select. */
const bareServer = (sessionId: string, userId: string): FastifyInstance => {
  const select = openSelect(sessionId, userId);
  const app = fastify();
  app.get('/', async () => ({ code: 0, message: 'success', data: await select() }));
  return app;
};

/** Only Fastify, tRPC's own adapter and the select. */
const bareTrpcServer = async (sessionId: string, userId: string): Promise<FastifyInstance> => {
  const select = openSelect(sessionId, userId);
  const { procedure, router } = initTRPC.create();
  const app = fastify();
  await app.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: { router: router({ profile: procedure.query(() => select()) }) },
  });
  return app;
};

/** The service. It is imported only here, so that the bare servers do not carry it. */
const moonlightServer = async (): Promise<FastifyInstance> => {
  const { buildServer } = await import('@moonlight/api');
  const { loadConfig } = await import('@moonlight/config');
  const { createLogger, createRuntime, requireDatabaseUrl } = await import('@moonlight/runtime');
  const config = loadConfig(process.env);
  const log = createLogger(config, 'api');
  const runtime = await createRuntime({ config, log, databaseUrl: requireDatabaseUrl(config) });
  return (await buildServer({ config, log, ...runtime })).app;
};

const [, , kind, sessionId = '', userId = ''] = process.argv;
const servers: Readonly<Record<string, () => FastifyInstance | Promise<FastifyInstance>>> = {
  moonlight: moonlightServer,
  bare: () => bareServer(sessionId, userId),
  trpc: () => bareTrpcServer(sessionId, userId),
};
const start = servers[kind ?? ''];
if (start === undefined)
  throw new Error(`There is no server ${kind}: choose one of ${Object.keys(servers).join(', ')}.`);
const app = await start();
// The parent process gets the address, then after every message the processor time used so far, in microseconds.
process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.once('disconnect', () => process.exit(0));
