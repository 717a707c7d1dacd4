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

const KINDS = ['verification-link', 'reset-link', 'verification-code'] as const;

test('a program in plain Python registers by link and by code, verifies, logs in, refreshes, logs out, solves a captcha, and resets and changes its password', async () => {
  const python = await startPython();
  const ended = once(python, 'close');
  let errors = '';
  python.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let last = '';
  for await (const line of createInterface({ input: python.stdout })) {
    last = line;
    const [, given, email] = /^mail (\S+) (\S+)$/.exec(line) ?? [];
    const kind = KINDS.find((each) => each === given);
    if (email === undefined || kind === undefined) continue;
    const mail = await server.lastMail(kind, email);
    python.stdin.write(`${'url' in mail ? mail.url : mail.code}\n`);
  }
  const [code] = await ended;
  expect({ errors, last, code }).toEqual({ errors: '', last: 'done', code: 0 });
});
