import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, startTestServer, type TestServer } from '../testing.ts';

let home: TestServer;
let away: TestServer;

beforeAll(async () => {
  const env = { CORS_ORIGINS: 'https://app.example.com,https://admin.example.com' };
  const production = {
    APP_ENV: 'production',
    SECRET_KEY: 'k'.repeat(48),
    FRONTEND_URL: 'https://app.example.com',
    MAIL_SERVER: 'mail.example.com',
  };
  [home, away] = await Promise.all([startTestServer({ env }), startTestServer({ env: { ...env, ...production } })]);
});
afterAll(() => Promise.all([home.close(), away.close()]));

const LISTED = ['https://app.example.com', 'https://admin.example.com'];
const LOCAL = ['http://localhost', 'http://localhost:5173', 'https://127.0.0.1:8443', 'http://[::1]:3000'];
const FOREIGN = [
  'https://evil.example',
  'null',
  'https://app.example.com.evil.example',
  'http://localhost.evil.example',
  '',
];

const readersOf = async ({ url }: TestServer, origins: readonly string[]) => {
  const answers = await Promise.all(origins.map((origin) => ask('GET', `${url}/health`, { headers: { origin } })));
  for (const { headers } of answers) expect(headers.get('vary')).toBe('Origin');
  return answers.map(({ headers }) => headers.get('access-control-allow-origin'));
};

test('pages of listed origins read answers, those of localhost at home only, and nobody else', async () => {
  expect(await readersOf(home, [...LISTED, ...LOCAL])).toEqual([...LISTED, ...LOCAL]);
  expect(await readersOf(away, LISTED)).toEqual(LISTED);
  expect(await readersOf(away, LOCAL)).toEqual(LOCAL.map(() => null));
  for (const server of [home, away]) expect(await readersOf(server, FOREIGN)).toEqual(FOREIGN.map(() => null));
});

test('whoever may read learns the id and the wait, and refusals are readable too', async () => {
  const [origin = ''] = LISTED;
  const { status, headers } = await ask('GET', `${away.url}/api/v1/auth/profile`, { headers: { origin } });
  expect(status).toBe(401);
  expect(headers.get('access-control-allow-origin')).toBe(origin);
  expect(headers.get('access-control-allow-credentials')).toBe('true');
  expect(headers.get('access-control-expose-headers')).toBe('Retry-After, X-Request-Id');
});

test('a preflight is answered for every path, and says what may be sent', async () => {
  const [origin = ''] = LISTED;
  const wanted = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };
  for (const path of ['/api/v1/auth/login', '/trpc/auth.login', '/nothing']) {
    const { status, headers, text } = await ask('OPTIONS', away.url + path, { headers: { origin, ...wanted } });
    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST, DELETE');
    expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type');
  }
  const foreign = await ask('OPTIONS', `${away.url}/trpc/auth.login`, {
    headers: { origin: 'https://evil.example', ...wanted },
  });
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
});

test('every answer carries what browsers need to keep it harmless', async () => {
  const { headers } = await ask('GET', `${away.url}/health`);
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  expect((await ask('GET', `${home.url}/health`)).headers.get('strict-transport-security')).toBeNull();
});
