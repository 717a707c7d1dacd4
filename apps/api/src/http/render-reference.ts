import { createHash } from 'node:crypto';
import { fastify } from 'fastify';

export interface Reference {
  readonly page: string;
  readonly script: string;
  /** The content security policy the page needs. */
  readonly policy: string;
}

const INLINE_SCRIPT = /<script(?: type="text\/javascript")?>([\s\S]*?)<\/script>/g;

const policyFor = (page: string): string => {
  const hashes = [...page.matchAll(INLINE_SCRIPT)].map(([, script]) => {
    const hash = createHash('sha256')
      .update(script ?? '')
      .digest('base64');
    return `'sha256-${hash}'`;
  });
  // The page's program makes its styles as it goes. It may ask us, and nobody else.
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
 * Makes the browsable reference: one page and one script, which ask nobody but us, so that it works offline. The plugin
 * renders into a server of its own, because all it would do at every request is to give the same two answers; and its
 * four megabytes are loaded only once somebody wants to read.
 */
export const renderReference = async (title: string, scriptPath: string): Promise<Reference> => {
  const { default: plugin } = await import('@scalar/fastify-api-reference');
  const press = fastify();
  await press.register(plugin, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: title,
      cdn: scriptPath,
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: 'never',
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
  const [page, script] = await Promise.all([press.inject('/docs/'), press.inject('/docs/js/scalar.js')]);
  await press.close();
  // What the plugin's page leaves out: its language, and an icon that browsers would ask for otherwise.
  const body = page.body
    .replace('<html>', '<html lang="en">')
    .replace('<head>', '<head>\n    <link rel="icon" href="data:," />');
  return { page: body, script: script.body, policy: policyFor(body) };
};
