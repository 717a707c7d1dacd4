import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, startTestServer, type TestServer } from '../testing.ts';

let development: TestServer;
let production: TestServer;
let staging: TestServer;

beforeAll(async () => {
  const env = { CORS_ORIGINS: 'https://app.example.com,https://admin.example.com' };
  const productionEnv = {
    APP_ENV: 'production',
    PUBLIC_URL: 'https://api.example.com',
    FRONTEND_URL: 'https://app.example.com',
    MAIL_SERVER: 'mail.example.com',
  };
  [development, production, staging] = await Promise.all([
    startTestServer({ env }),
    startTestServer({ env: { ...env, ...productionEnv } }),
    startTestServer({ env: { ...env, ...productionEnv, APP_ENV: 'staging' } }),
  ]);
});
afterAll(() => Promise.all([development.close(), production.close(), staging.close()]));

const LISTED = ['https://app.example.com', 'https://admin.example.com'];
const LOCAL = ['http://localhost', 'http://localhost:5173', 'https://127.0.0.1:8443', 'http://[::1]:3000'];
const FOREIGN = [
  'https://evil.example',
  'null',
  'https://app.example.com.evil.example',
  'http://localhost.evil.example',
  '',
];

const allowedOriginsOf = async ({ url }: TestServer, origins: readonly string[]) => {
  const answers = await Promise.all(origins.map((origin) => ask('GET', `${url}/health`, { headers: { origin } })));
  for (const { headers } of answers) expect(headers.get('vary')).toBe('Origin');
  return answers.map(({ headers }) => headers.get('access-control-allow-origin'));
};

test('configured origins may read answers, localhost in development only, other origins never', async () => {
  expect(await allowedOriginsOf(development, [...LISTED, ...LOCAL])).toEqual([...LISTED, ...LOCAL]);
  expect(await allowedOriginsOf(production, LISTED)).toEqual(LISTED);
  expect(await allowedOriginsOf(production, LOCAL)).toEqual(LOCAL.map(() => null));
  for (const server of [development, production])
    expect(await allowedOriginsOf(server, FOREIGN)).toEqual(FOREIGN.map(() => null));
});

test('a page of an allowed origin may read errors, the request id and the wait', async () => {
  const [origin = ''] = LISTED;
  const { status, headers } = await ask('GET', `${production.url}/api/v1/auth/profile`, { headers: { origin } });
  expect(status).toBe(401);
  expect(headers.get('access-control-allow-origin')).toBe(origin);
  expect(headers.get('access-control-allow-credentials')).toBe('true');
  expect(headers.get('access-control-expose-headers')).toBe('Retry-After, X-Request-Id');
});

test('a preflight is answered for every path and lists the allowed methods and headers', async () => {
  const [origin = ''] = LISTED;
  const requested = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };
  for (const path of ['/api/v1/auth/login', '/trpc/auth.login', '/nothing']) {
    const { status, headers, text } = await ask('OPTIONS', production.url + path, {
      headers: { origin, ...requested },
    });
    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST, DELETE');
    expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type');
  }
  const foreign = await ask('OPTIONS', `${production.url}/trpc/auth.login`, {
    headers: { origin: 'https://evil.example', ...requested },
  });
  expect({ status: foreign.status, text: foreign.text }).toEqual({ status: 204, text: '' });
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
});

test('a request without an allowed origin is answered without CORS headers', async () => {
  for (const headers of [{}, { origin: 'https://evil.example' }]) {
    const answer = await ask('GET', `${production.url}/health`, { headers });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});

test('every answer has the security headers', async () => {
  const { headers } = await ask('GET', `${production.url}/health`);
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
});

test('answers and pages are for HTTPS only in production and staging, not in development', async () => {
  const accept = { headers: { accept: 'text/html' } };
  const hstsOf = async (url: string) => (await ask('GET', url, accept)).headers.get('strict-transport-security');
  const link = `/api/v1/auth/verify/${'x'.repeat(43)}`;
  for (const path of ['/health', '/nothing', link]) {
    expect(await hstsOf(production.url + path)).toBe('max-age=31536000; includeSubDomains');
    expect(await hstsOf(staging.url + path)).toBe('max-age=31536000; includeSubDomains');
    expect(await hstsOf(development.url + path)).toBeNull();
  }
  expect(await hstsOf(`${staging.url}/docs`)).toBe('max-age=31536000; includeSubDomains');
});
