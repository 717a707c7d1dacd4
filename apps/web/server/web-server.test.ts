import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings, securityHeaders, startWebServer, type WebServer } from './web-server.ts';

const PAGE = '<!doctype html><meta name="moonlight-api" content="__PUBLIC_URL__"><title>__APP_NAME__</title>';
const SCRIPT = 'export {};'.repeat(500);

let folder: string;
let web: WebServer;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moonlight-web-server-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'assets', 'index-abc.js'), SCRIPT);
  await writeFile(join(folder, 'assets', 'index-abc.js.br'), brotliCompressSync(SCRIPT));
  await writeFile(join(folder, 'assets', 'index-abc.js.gz'), gzipSync(SCRIPT));
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const settings = { folder, host: '127.0.0.1', port: 0, publicUrl: 'https://api.example/base', appName: 'A "B" <C>' };
  web = await startWebServer(settings);
  url = `http://127.0.0.1:${web.port}`;
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

/** Requests a path exactly as it is written; `fetch` would normalize it, and add headers. */
const getRaw = (
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; body: string }> =>
  new Promise((resolve, reject) => {
    request(url, { path, headers }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      answer.on('end', () => resolve({ status: answer.statusCode, body }));
    })
      .on('error', reject)
      .end();
  });

describe('the page', () => {
  test.each(['/', '/index.html', '/verify-email?token=a.b', '/account', '/no/such/page'])(
    'is served at %s and never stored',
    async (path) => {
      const answer = await fetch(`${url}${path}`);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await answer.text()).toContain('content="https://api.example/base"');
    },
  );

  test('contains the name of the app, escaped', async () => {
    expect(await (await fetch(url)).text()).toContain('<title>A &quot;B&quot; &lt;C></title>');
  });

  test('may load from its own origin and call the API, and nothing else', async () => {
    const { headers } = await fetch(url);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self' https://api.example;");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('files', () => {
  test('with a hash in their name are cached forever, and compressed for clients that accept it', async () => {
    for (const [accepted, sent] of [
      ['gzip, br', 'br'],
      ['gzip, br;q=0', 'gzip'],
      ['', null],
    ] as const) {
      const answer = await fetch(`${url}/assets/index-abc.js`, { headers: { 'accept-encoding': accepted } });
      expect(answer.headers.get('content-encoding')).toBe(sent);
      expect(answer.headers.get('vary')).toBe('accept-encoding');
      expect(answer.headers.get('content-type')).toBe('application/javascript; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect((await answer.text()).length).toBe(5000);
    }
  });

  test('without a hash are cached for an hour and revalidated', async () => {
    const answer = await fetch(`${url}/favicon.svg`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    const etag = answer.headers.get('etag') ?? '';
    expect((await getRaw('/favicon.svg', { 'if-none-match': etag })).status).toBe(304);
  });

  test.each([
    ['bytes=0-9', 206, 10],
    ['bytes=-10', 206, 10],
    ['bytes=9-0', 416, 0],
    ['bytes=9999-', 416, 0],
    ['lines=1', 200, 5000],
  ])('can be requested in parts: %s', async (range, status, length) => {
    const answer = await fetch(`${url}/assets/index-abc.js`, { headers: { range, 'accept-encoding': 'identity' } });
    expect([answer.status, (await answer.text()).length]).toEqual([status, length]);
  });

  test.each([
    '/assets/index-old.js',
    '/assets/index-abc.js.br',
    '/..%2f..%2fetc%2fpasswd.txt',
    '/.well-known/anything',
  ])('that do not exist are 404 and not the page: %s', async (path) => {
    const answer = await fetch(`${url}${path}`);
    expect([answer.status, answer.headers.get('cache-control'), await answer.text()]).toEqual([404, 'no-store', '']);
  });

  test.each([
    ['/../../../../etc/passwd', 200],
    ['/assets/../../../../../etc/passwd', 200],
    ['/assets/..%2f..%2f..%2f..%2fetc%2fpasswd', 404],
    ['//etc/passwd', 200],
    ['/assets/%00', 200],
    ['/%zz', 400],
  ])('outside of the folder cannot be reached: %s', async (path, status) => {
    const answer = await getRaw(path);
    expect([answer.status, answer.body.includes('root:')]).toEqual([status, false]);
  });

  test('that are deleted while the server runs are 404', async () => {
    const extra = await mkdtemp(join(tmpdir(), 'moonlight-web-gone-'));
    await writeFile(join(extra, 'index.html'), PAGE);
    await writeFile(join(extra, 'gone.txt'), 'gone');
    const options = {
      folder: extra,
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'https://api.example',
      appName: 'Moonlight',
    };
    const server = await startWebServer(options);
    await rm(extra, { recursive: true });
    expect((await fetch(`http://127.0.0.1:${server.port}/gone.txt`)).status).toBe(404);
    await server.close();
  });
});

test('password managers find the page that changes a password', async () => {
  const answer = await fetch(`${url}/.well-known/change-password`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/change-password']);
});

test('other methods are refused, HEAD has no body, and health is reported', async () => {
  const post = await fetch(url, { method: 'POST', body: 'x' });
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  for (const path of ['/', '/assets/index-abc.js']) {
    const head = await fetch(`${url}${path}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  }
  const health = await fetch(`${url}/health`);
  expect([health.headers.get('cache-control'), await health.json()]).toEqual(['no-store', { status: 'healthy' }]);
});

test('errors name a folder without a build, and invalid settings', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'moonlight-web-empty-'));
  const options = { folder: empty, host: '127.0.0.1', port: 0, publicUrl: 'https://api.example', appName: 'Moonlight' };
  await expect(startWebServer(options)).rejects.toThrow('there is no index.html');
  await rm(empty, { recursive: true });
  expect(() => readSettings({ WEB_PORT: 'many' })).toThrow('WEB_PORT');
  expect(() => readSettings({ PUBLIC_URL: 'api.example' })).toThrow('PUBLIC_URL');
  expect(readSettings({ PUBLIC_URL: 'https://api.example/', WEB_PORT: '0' })).toMatchObject({
    publicUrl: 'https://api.example',
    port: 0,
    host: '127.0.0.1',
  });
});

test.each([
  ['development', null],
  ['', null],
  ['staging', 'max-age=31536000; includeSubDomains'],
  ['production', 'max-age=31536000; includeSubDomains'],
])('with APP_ENV=%s the pages, the files and every error have Strict-Transport-Security: %s', async (mode, header) => {
  const settings = readSettings({ APP_ENV: mode, WEB_PORT: '0', PUBLIC_URL: 'https://api.example' });
  const server = await startWebServer({ ...settings, folder });
  for (const path of ['/', '/login', '/favicon.svg', '/health', '/no/such/file.js', '/%zz']) {
    const { headers } = await fetch(`http://127.0.0.1:${server.port}${path}`);
    expect([path, headers.get('strict-transport-security')]).toEqual([path, header]);
  }
  await server.close();
});

test('nginx sends the same headers', async () => {
  const publicUrl = 'https://accounts.example.com';
  const pattern = /^ *add_header (?<name>\S+) (?:"(?<quoted>[^"]*)"|(?<plain>\S+)) always;$/gm;
  const template = await readFile(join(import.meta.dirname, '..', 'deploy', 'nginx.conf.template'), 'utf8');
  const sent = [...template.matchAll(pattern)].map(({ groups }) => [
    groups?.['name']?.toLowerCase(),
    // The slash makes the source match whatever path PUBLIC_URL has.
    (groups?.['quoted'] ?? groups?.['plain'])?.replace('${PUBLIC_URL}/', publicUrl),
  ]);
  expect(Object.fromEntries(sent)).toEqual({
    ...securityHeaders({ publicUrl, isHttpsOnly: true }),
    'cache-control': '$moonlight_caching',
  });
});
