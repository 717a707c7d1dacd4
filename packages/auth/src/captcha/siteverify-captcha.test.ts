import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { siteverifyCaptcha, type SiteverifyParts } from './siteverify-captcha.ts';

const SECRET = 'the-secret-of-the-tests';
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A siteverify endpoint on loopback that answers as `handle` says. */
const provider = async (handle: (request: IncomingMessage, response: ServerResponse) => unknown) => {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/siteverify`;
};

const answering = (body: string, status = 200) =>
  provider((_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));

const captchaAt = (url: string, options: Partial<SiteverifyParts> = {}) => {
  const warnings: string[] = [];
  const log = {
    info: () => undefined,
    warn: (fields: object, message: string) => warnings.push(`${message} ${JSON.stringify(fields)}`),
    error: () => undefined,
  };
  return { captcha: siteverifyCaptcha({ provider: 'turnstile', secret: SECRET, url, log, ...options }), warnings };
};

const verdictOf = async (url: string, options: Partial<SiteverifyParts> = {}) => {
  const { captcha, warnings } = captchaAt(url, options);
  const verdict = await captcha.verify('payload', '192.0.2.1');
  for (const warning of warnings) expect(warning).not.toContain(SECRET);
  return { verdict, warning: warnings.join() };
};

describe('a documented answer', () => {
  test('success: the provider gets a form with secret, payload and the visitor’s IP address', async () => {
    const asked: unknown[] = [];
    const url = await provider(async (request, response) => {
      asked.push(
        request.method,
        request.headers['content-type'],
        Object.fromEntries(new URLSearchParams(await text(request))),
      );
      response.end('{"success":true,"challenge_ts":"2031-05-05T12:00:00Z","hostname":"example.com","error-codes":[]}');
    });
    expect(await verdictOf(url)).toEqual({ verdict: true, warning: '' });
    expect(asked).toEqual([
      'POST',
      'application/x-www-form-urlencoded;charset=UTF-8',
      { secret: SECRET, response: 'payload', remoteip: '192.0.2.1' },
    ]);
  });

  test.each(['timeout-or-duplicate', 'invalid-input-response', 'already-seen-response'])(
    'an error of the visitor (%s) causes no warning',
    async (code) => {
      const url = await answering(JSON.stringify({ success: false, 'error-codes': [code] }));
      expect(await verdictOf(url)).toEqual({ verdict: false, warning: '' });
    },
  );

  test.each([
    ['{"success":false,"error-codes":["invalid-input-secret"]}', 'refused: invalid-input-secret'],
    ['{"success":false,"error-codes":["invalid-input-response","sitekey-secret-mismatch"]}', 'sitekey-secret-mismatch'],
    ['{"success":false}', 'refused: without a code'],
    [`{"success":false,"error-codes":["${SECRET} 1"]}`, 'refused: without a code'],
  ])('an error of the configuration or the provider causes a warning: %s', async (body, reason) => {
    const { verdict, warning } = await verdictOf(await answering(body));
    expect(verdict).toBe(false);
    expect(warning).toContain('turnstile');
    expect(warning).toContain(reason);
  });
});

describe('without a confirmation in time the payload is refused, with a warning', () => {
  test.each([
    ['garbage', 200, '<html>502 Bad Gateway</html>'],
    ['an empty body', 200, ''],
    ['another shape', 200, '{"success":"true"}'],
    ['null', 200, 'null'],
    ['a failure without JSON', 500, 'Internal Server Error'],
    ['a body that is too long', 200, `{"success":true,"padding":"${'x'.repeat(1_000_000)}"}`],
  ])('%s', async (_, status, body) => {
    const { verdict, warning } = await verdictOf(await answering(body, status));
    expect(verdict).toBe(false);
    expect(warning).toContain('does not have the documented form');
  });

  test('success with an error status', async () => {
    expect(await verdictOf(await answering('{"success":true}', 500))).toMatchObject({
      verdict: false,
      warning: expect.stringContaining('success with an error status'),
    });
  });

  test('an endless body is not read to its end', async () => {
    let sent = 0;
    const url = await provider((_, response) => {
      const send = () => {
        sent += 65_536;
        if (sent < 1e9 && !response.destroyed) response.write('x'.repeat(65_536), send);
      };
      send();
    });
    expect((await verdictOf(url)).verdict).toBe(false);
    expect(sent).toBeLessThan(1e8);
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => unknown]>([
    ['never answers', () => undefined],
    ['stops in the middle of the answer', (_, response) => response.write('{"success":')],
  ])('a provider that %s', async (_, handle) => {
    const { verdict, warning } = await verdictOf(await provider(handle), { timeoutMilliseconds: 50 });
    expect(verdict).toBe(false);
    expect(warning).toContain('no answer in time');
  });

  test('a provider that closes the connection', async () => {
    const { verdict, warning } = await verdictOf(await provider((request) => request.socket.destroy()));
    expect(verdict).toBe(false);
    expect(warning).toContain('no connection: UND_ERR_SOCKET');
  });

  test('a provider that cannot be reached', async () => {
    const url = await answering('{"success":true}');
    closers.pop()!();
    const { verdict, warning } = await verdictOf(url);
    expect(verdict).toBe(false);
    expect(warning).toContain('no connection: ECONNREFUSED');
  });

  test('a redirect, which would send the secret to another server', async () => {
    const elsewhere = await answering('{"success":true}');
    const url = await provider((_, response) => response.writeHead(307, { location: elsewhere }).end());
    const { verdict, warning } = await verdictOf(url);
    expect(verdict).toBe(false);
    expect(warning).toContain('no connection');
  });

  test('a URL with credentials, which the warning does not contain', async () => {
    const { verdict, warning } = await verdictOf(`http://user:${SECRET}@127.0.0.1/`);
    expect(verdict).toBe(false);
    expect(warning).toContain('no connection');
  });
});

test.each([
  ['turnstile', 'https://challenges.cloudflare.com/turnstile/v0/siteverify'],
  ['hcaptcha', 'https://api.hcaptcha.com/siteverify'],
] as const)('%s is called at its own endpoint by default', async (name, endpoint) => {
  const asked: unknown[] = [];
  const fetch = async (url: Parameters<typeof globalThis.fetch>[0]) => {
    asked.push(url);
    return Response.json({ success: true });
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  expect(await siteverifyCaptcha({ provider: name, secret: SECRET, fetch, log }).verify('payload', '::1')).toBe(true);
  expect(asked).toEqual([endpoint]);
});
