import { createHash } from 'node:crypto';
import type { Config } from '@moonlight/config';
import document from '@moonlight/rest/openapi.json' with { type: 'json' };
import { fastify, type FastifyInstance } from 'fastify';

const PAGE_HEADERS = { 'cross-origin-opener-policy': 'same-origin', 'referrer-policy': 'no-referrer' };
const SCRIPT_PATH = '/docs/reference.js';
const INLINE_SCRIPT = /<script(?: type="text\/javascript")?>([\s\S]*?)<\/script>/g;

interface Reference {
  readonly page: string;
  readonly script: string;
  /** The content security policy that the page needs. */
  readonly policy: string;
}

const policyFor = (page: string): string => {
  const hashes = [...page.matchAll(INLINE_SCRIPT)].map(([, script]) => {
    const hash = createHash('sha256')
      .update(script ?? '')
      .digest('base64');
    return `'sha256-${hash}'`;
  });
  // The page's script creates styles at run time. It may connect to this origin only.
  return [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(' ')}`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};

/**
 * Renders the reference: one page and one script that load nothing from other origins, so that it works offline. The plugin
 * runs in a server of its own, because it would answer every request with the same two texts. Its four megabytes are loaded
 * at the first request.
 */
const renderReference = async (title: string): Promise<Reference> => {
  const { default: plugin } = await import('@scalar/fastify-api-reference');
  const renderer = fastify();
  await renderer.register(plugin, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: title,
      cdn: SCRIPT_PATH,
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: 'never',
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
  const [page, script] = await Promise.all([renderer.inject('/docs/'), renderer.inject('/docs/js/scalar.js')]);
  await renderer.close();
  // The plugin's page lacks a language, and an icon, which browsers would request.
  const body = page.body
    .replace('<html>', '<html lang="en">')
    .replace('<head>', '<head>\n    <link rel="icon" href="data:," />');
  return { page: body, script: script.body, policy: policyFor(body) };
};

/**
 * `GET /openapi.json`: the generated description of the REST API. `GET /docs`: a page to browse it. Both exist only if DOCS is
 * on, so that production does not list its routes.
 */
export const docs = (app: FastifyInstance, { app: { name }, http }: Config): void => {
  if (!http.docs) return;
  const openapi = JSON.stringify(document);
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(openapi));

  let rendered: Promise<Reference> | undefined;
  const reference = () => (rendered ??= renderReference(`${name} API`));

  app.get('/docs', async (_request, reply) => {
    const { page, policy } = await reference();
    const headers = { ...PAGE_HEADERS, 'content-security-policy': policy };
    return reply.type('text/html; charset=utf-8').headers(headers).send(page);
  });
  app.get(SCRIPT_PATH, async (_request, reply) => {
    const { script } = await reference();
    return reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=3600').send(script);
  });
};
