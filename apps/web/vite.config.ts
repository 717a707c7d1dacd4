import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const POLICY = /<meta\s+http-equiv="Content-Security-Policy"[^>]*>/;

/** `vite dev` stands in for the server: it writes the API's address, and drops the policy its own inline script would break. */
const servePage = (publicUrl: string): Plugin => ({
  name: 'moonlight-page-settings',
  apply: 'serve',
  transformIndexHtml: (html) =>
    html
      .replace(POLICY, '')
      .replaceAll('__PUBLIC_URL__', publicUrl)
      .replaceAll('__APP_NAME__', process.env['APP_NAME'] ?? 'Moonlight'),
});

/** Nothing is painted before the script has said which colours were chosen. */
const paintLater: Plugin = {
  name: 'moonlight-paint-later',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

export default defineConfig({
  plugins: [react(), paintLater, servePage(process.env['PUBLIC_URL'] ?? 'http://localhost:3000')],
  server: { port: Number(process.env['WEB_PORT'] ?? 5173), strictPort: true },
  build: {
    // A data: URL would need a hole in the policy, and a preload polyfill code that nobody needs any more.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
