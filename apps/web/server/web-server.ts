import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type Asset, loadAssets, type PageSettings } from './load-assets.ts';
import { securityHeaders } from './security-headers.ts';

export interface WebServerOptions extends PageSettings {
  /** The folder `vite build` wrote. */
  readonly folder: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface WebServer {
  readonly port: number;
  /** Stops listening, lets open answers end, and resolves when the last one has. */
  readonly close: () => Promise<void>;
}

// Everything is sent from memory: who has not read it by then is gone.
const GRACE_MS = 5000;
const ENCODINGS = ['br', 'gzip'] as const;

const encodingOf = (header: string | undefined): (typeof ENCODINGS)[number] | 'identity' =>
  ENCODINGS.find((encoding) => new RegExp(`\\b${encoding}\\b(?!\\s*;\\s*q=0(?:\\.0*)?(?:,|$))`).test(header ?? '')) ??
  'identity';

const answerEmpty = (response: ServerResponse, status: number, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'cache-control': 'no-store', 'content-length': 0, ...headers }).end();
};

const send = (request: IncomingMessage, response: ServerResponse, asset: Asset): void => {
  const encoding = encodingOf(request.headers['accept-encoding']);
  response.writeHead(200, {
    'cache-control': asset.cacheControl,
    'content-length': asset[encoding].length,
    'content-type': asset.type,
    vary: 'accept-encoding',
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : asset[encoding]);
};

const listener = (
  assets: ReadonlyMap<string, Asset>,
  page: Asset,
  headers: Record<string, string>,
): RequestListener => {
  return (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answerEmpty(response, 405, { allow: 'GET, HEAD' });
    // Whatever follows the path stays unread: it may hold a link's token.
    const [path = '/'] = (request.url ?? '/').split(/[?#]/, 1);
    if (path === '/health') {
      response.writeHead(200, { 'cache-control': 'no-store', 'content-type': 'application/json' });
      return void response.end('{"status":"healthy"}');
    }
    // Where password managers look for the page that changes a password; anything else there has to be missing.
    if (path === '/.well-known/change-password') return answerEmpty(response, 302, { location: '/change-password' });
    if (path.startsWith('/.well-known/')) return answerEmpty(response, 404);
    const asset = assets.get(path);
    if (asset !== undefined) return send(request, response, asset);
    // Every page is the same file; a name with an ending is a file that is not there.
    return /\.[^/]*$/.test(path) ? answerEmpty(response, 404) : send(request, response, page);
  };
};

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the web server listens on no port');
  return address.port;
};

/** Serves a build of the frontend. Rejects when the folder holds none, or with the system's error when the port is taken. */
export const startWebServer = async (options: WebServerOptions): Promise<WebServer> => {
  const assets = await loadAssets(options.folder, options);
  const page = assets.get('/index.html');
  if (page === undefined) throw new Error(`there is no index.html in ${options.folder}`);
  const server = createServer(listener(assets, page, securityHeaders(options.publicUrl)));
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: portOf(server),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      const patience = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(patience);
    },
  };
};
