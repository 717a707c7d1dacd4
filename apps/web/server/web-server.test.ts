import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from './read-settings.ts';
import { startWebServer, type WebServer } from './web-server.ts';

const PAGE = '<!doctype html><meta name="moonlight-api" content="__PUBLIC_URL__"><title>__APP_NAME__</title>';

let folder: string;
let web: WebServer;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moonlight-web-server-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'assets', 'index-abc.js'), 'export {};'.repeat(500));
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const settings = { folder, host: '127.0.0.1', port: 0, publicUrl: 'https://api.example/base', appName: 'A "B" <C>' };
  web = await startWebServer(settings);
  url = `http://127.0.0.1:${web.port}`;
});
afterAll(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

describe('the page', () => {
  test.each(['/', '/verify-email?token=a.b', '/account', '/no/such/page'])('is at %s, never stored', async (path) => {
    const answer = await fetch(`${url}${path}`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await answer.text()).toContain('content="https://api.example/base"');
  });

  test('holds the name of the app, escaped', async () => {
    expect(await (await fetch(url)).text()).toContain('<title>A &quot;B&quot; &lt;C></title>');
  });

  test('may load from here and call the API, and nothing else', async () => {
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
  test('with a hash in their name are kept for good, and sent compressed to whoever can read that', async () => {
    for (const [accepted, sent] of [
      ['gzip, br', 'br'],
      ['gzip, br;q=0', 'gzip'],
      ['', null],
    ] as const) {
      const answer = await fetch(`${url}/assets/index-abc.js`, { headers: { 'accept-encoding': accepted } });
      expect(answer.headers.get('content-encoding')).toBe(sent);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect((await answer.text()).length).toBe(5000);
    }
  });

  test.each(['/assets/index-old.js', '/..%2f..%2fetc%2fpasswd.txt', '/.well-known/anything'])(
    'that are not there are not the page: %s',
    async (path) => {
      expect((await fetch(`${url}${path}`)).status).toBe(404);
    },
  );

  test('outside of the folder are out of reach, however the path is written', async () => {
    const status = await new Promise((resolve, reject) => {
      request(url, { path: '/../../../../etc/passwd' }, (answer) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        answer.on('end', () => resolve([answer.statusCode, body.includes('root:')]));
      })
        .on('error', reject)
        .end();
    });
    expect(status).toEqual([200, false]);
  });
});

test('password managers find the page that changes a password', async () => {
  const answer = await fetch(`${url}/.well-known/change-password`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/change-password']);
});

test('other methods are refused, HEAD has no body, health is told', async () => {
  const post = await fetch(url, { method: 'POST', body: 'x' });
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect(await (await fetch(url, { method: 'HEAD' })).text()).toBe('');
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'healthy' });
});

test('a folder without a build, and settings that are none, are named', async () => {
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
