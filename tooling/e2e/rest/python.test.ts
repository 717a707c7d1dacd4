import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startTestServer, type TestServer } from '@moonlight/api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const JOURNEY = fileURLToPath(new URL('journey.py', import.meta.url));
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const startPython = async () => {
  const python = spawn('python3', [JOURNEY, server.url], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  await once(python, 'spawn').catch((error: unknown) => {
    throw new Error('this test needs python3 on the PATH; on Debian or Ubuntu: sudo apt-get install python3', {
      cause: error,
    });
  });
  return python;
};

test("Python's standard library registers, verifies, logs in, refreshes and logs out", async () => {
  const python = await startPython();
  const ended = once(python, 'close');
  let errors = '';
  python.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let last = '';
  for await (const line of createInterface({ input: python.stdout })) {
    last = line;
    const [, kind, email] = /^mail (verification-link|reset-link) (\S+)$/.exec(line) ?? [];
    if (email === undefined) continue;
    const { url } = await server.lastMail(kind === 'reset-link' ? kind : 'verification-link', email);
    python.stdin.write(`${url}\n`);
  }
  const [code] = await ended;
  expect({ errors, last, code }).toEqual({ errors: '', last: 'done', code: 0 });
});
