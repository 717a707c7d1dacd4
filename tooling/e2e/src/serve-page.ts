import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';

const PAGE = fileURLToPath(new URL('page.ts', import.meta.url));

const bundlePage = async (): Promise<string> => {
  const bundle = await rolldown({ input: PAGE, platform: 'browser' });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return output[0].code;
};

/** Serves a page with a client in it at `/?api=<url>&session=cookie`, and an empty one at `/empty`. */
export const servePage = async (): Promise<LoopbackServer> => {
  const script = await bundlePage();
  const answers: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': ['text/html', '<!doctype html><title>client</title><script type="module" src="/page.js"></script>'],
    '/page.js': ['text/javascript', script],
    '/empty': ['text/html', '<!doctype html><title>empty</title>'],
  };
  return startLoopbackServer(({ url = '/' }, response) => {
    const [type, body] = answers[url.split('?')[0] ?? ''] ?? ['text/plain', ''];
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
  });
};
