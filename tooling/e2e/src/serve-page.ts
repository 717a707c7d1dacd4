import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const PAGE = fileURLToPath(new URL('page.ts', import.meta.url));

const bundlePage = async (): Promise<string> => {
  const bundle = await rolldown({ input: PAGE, platform: 'browser' });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return output[0].code;
};

export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a page with a client in it, `/?api=<url>&session=cookie`, and an empty one at `/empty`. */
export const servePage = async (): Promise<PageServer> => {
  const script = await bundlePage();
  const answers: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': ['text/html', '<!doctype html><title>client</title><script type="module" src="/page.js"></script>'],
    '/page.js': ['text/javascript', script],
    '/empty': ['text/html', '<!doctype html><title>empty</title>'],
  };
  const server = createServer(({ url = '/' }, response) => {
    const [type, body] = answers[url.split('?')[0] ?? ''] ?? ['text/plain', ''];
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP port was expected');
  return {
    port: address.port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
