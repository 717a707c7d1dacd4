import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';

/** What the placeholders of the page are replaced with. */
interface PageSettings {
  /** The API's address as browsers reach it, without a slash at its end. */
  readonly publicUrl: string;
  readonly appName: string;
}

export interface WebServerOptions extends PageSettings {
  /** The folder that `vite build` wrote. */
  readonly folder: string;
  readonly host: string;
  /** 0 means a free port. */
  readonly port: number;
  /** Whether browsers shall use https only from now on: in staging and production, as the API. */
  readonly isHttpsOnly?: boolean;
}

export interface WebServer {
  readonly port: number;
  /** Stops listening, and resolves when all responses are sent; after 5 seconds their connections are closed. */
  readonly close: () => Promise<void>;
}

const GRACE_MS = 5000;
const NOT_STORED = 'no-store';

/**
 * The headers of every response: scripts, styles and workers come from this origin only, a page may call only the API
 * besides, no other site may frame it, and no request carries a referrer. deploy/nginx.conf.template sends the same.
 */
export const securityHeaders = ({
  publicUrl,
  isHttpsOnly = false,
}: Pick<WebServerOptions, 'publicUrl' | 'isHttpsOnly'>): Record<string, string> => ({
  ...(isHttpsOnly ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "worker-src 'self'",
    `connect-src 'self' ${new URL(publicUrl).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
});

const escapeAttribute = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

const readPage = async ({ folder, publicUrl, appName }: WebServerOptions): Promise<string> => {
  const html = await readFile(join(folder, 'index.html'), 'utf8').catch((error: unknown) => {
    throw new Error(`there is no index.html in ${folder}`, { cause: error });
  });
  return html
    .replaceAll('__PUBLIC_URL__', () => escapeAttribute(publicUrl))
    .replaceAll('__APP_NAME__', () => escapeAttribute(appName));
};

const createApp = (headers: Record<string, string>): FastifyInstance => {
  const all = { ...headers, 'cache-control': NOT_STORED };
  const app = fastify({
    // The query may hold a mailed token, so it is dropped before anything can read or log it.
    rewriteUrl: ({ url = '/' }) => url.split(/[?#]/, 1)[0] || '/',
    // For paths that cannot be decoded.
    frameworkErrors: (_error, _request, reply) => {
      reply.raw.writeHead(400, all).end();
      reply.hijack();
    },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(all);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      await reply.code(405).header('allow', 'GET, HEAD').send();
  });
  app.setErrorHandler((error: { readonly statusCode?: number }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send(),
  );
  return app;
};

/** One route for each file of the build, so that no path can reach a file outside of it. */
const serveFiles = async (app: FastifyInstance, folder: string): Promise<void> => {
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: false,
    globIgnore: ['index.html', '**/*.{br,gz}'],
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // The names under assets/ contain a hash of the content.
      const isHashed = path.startsWith(join(folder, 'assets'));
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
    },
  });
};

const servePages = (app: FastifyInstance, page: string): void => {
  app.get('/health', () => ({ status: 'healthy' }));
  // Password managers look here for the page that changes a password. They expect 404 for every other path below.
  app.get('/.well-known/change-password', (_request, reply) => reply.redirect('/change-password'));
  app.get('/index.html', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  // All pages are the same file. A path with an extension names a file, and that file does not exist.
  app.setNotFoundHandler((request, reply) => {
    const isPage = !/\.[^/]*$/.test(request.url) && !request.url.startsWith('/.well-known/');
    return isPage ? reply.type('text/html; charset=utf-8').send(page) : reply.code(404).send();
  });
};

/**
 * Serves a build of the web app. Rejects if the folder holds none, and with the system's error if the port is in use.
 */
export const startWebServer = async (options: WebServerOptions): Promise<WebServer> => {
  const page = await readPage(options);
  const app = createApp(securityHeaders(options));
  await serveFiles(app, options.folder);
  servePages(app, page);
  await app.listen({ host: options.host, port: options.port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the web server listens on no port');
  return {
    port: address.port,
    close: async () => {
      const timer = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
      await app.close();
      clearTimeout(timer);
    },
  };
};

const portFrom = (value: string): number => {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > 65_535) throw new Error('WEB_PORT must be a whole number from 0 to 65535');
  return port;
};

const webUrlFrom = (value: string): string => {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error('PUBLIC_URL must be an http:// or https:// address');
  }
  return value.replace(/\/+$/, '');
};

/** The web server's options from the environment; an empty variable counts as unset. Throws an error that names the variable. */
export const readSettings = (env: NodeJS.ProcessEnv): WebServerOptions => ({
  folder: join(import.meta.dirname, '..', 'dist'),
  host: env['HOST'] || '127.0.0.1',
  port: portFrom(env['WEB_PORT'] || '5173'),
  publicUrl: webUrlFrom(env['PUBLIC_URL'] || `http://localhost:${env['PORT'] || '3000'}`),
  appName: env['APP_NAME'] || 'Moonlight',
  isHttpsOnly: env['APP_ENV'] === 'staging' || env['APP_ENV'] === 'production',
});
