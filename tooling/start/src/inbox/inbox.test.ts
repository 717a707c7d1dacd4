import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from './mailbox.ts';
import { type Inbox, startInbox } from './start-inbox.ts';

let inbox: Inbox;
let base: string;

beforeEach(async () => {
  inbox = await startInbox({ http: 0, smtp: 0 });
  base = `http://127.0.0.1:${inbox.httpPort}`;
});

afterEach(() => inbox.close());

const send = async (mail: SendMailOptions): Promise<void> => {
  const transport = createTransport({ host: '127.0.0.1', port: inbox.smtpPort, secure: false });
  try {
    await transport.sendMail({ from: 'Moonlight <no-reply@example.com>', subject: 'Hello', text: 'Hi', ...mail });
  } finally {
    transport.close();
  }
};

const messages = async (query = ''): Promise<Message[]> => {
  const answer = (await (await fetch(`${base}/api/messages${query}`)).json()) as { messages: Message[] };
  return answer.messages;
};

describe('a mail sent over SMTP', () => {
  test('is listed with its envelope, both parts and its headers', async () => {
    const headers = { 'X-Purpose': 'verify' };
    await send({ to: 'ada@example.com', subject: '你好 ✓', html: '<p>Hi</p>', messageId: '<1@example.com>', headers });
    const [message] = await messages();
    expect(message).toMatchObject({
      id: '1',
      from: 'Moonlight <no-reply@example.com>',
      to: ['ada@example.com'],
      subject: '你好 ✓',
      messageId: '<1@example.com>',
      headers: { 'x-purpose': 'verify', 'message-id': '<1@example.com>' },
    });
    expect(message?.text.trim()).toBe('Hi');
    expect(message?.html.trim()).toBe('<p>Hi</p>');
    expect(message?.receivedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(await (await fetch(`${base}/api/messages/1`)).json()).toEqual(message);
  });

  test('is refused permanently or temporarily if its address starts with the documented words', async () => {
    await expect(send({ to: 'reject-550.x@example.com' })).rejects.toMatchObject({ responseCode: 550 });
    await expect(send({ to: 'Defer-451@example.com' })).rejects.toMatchObject({ responseCode: 451 });
    expect(await messages()).toEqual([]);
  });

  test('is refused when it is too large, and not kept', async () => {
    await expect(send({ to: 'ada@example.com', text: 'x'.repeat(11 * 1024 * 1024) })).rejects.toMatchObject({
      responseCode: 552,
    });
    expect(await messages()).toEqual([]);
  });

  test('arrives although another client has hung up in the middle of a mail', async () => {
    const socket = connect(inbox.smtpPort, '127.0.0.1');
    await once(socket, 'data');
    socket.write('EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n');
    socket.resetAndDestroy();
    await send({ to: 'ada@example.com' });
    expect(await messages()).toHaveLength(1);
  });
});

describe('GET /api/messages', () => {
  test('finds the mails of an address, in any case, oldest first, after a given mail', async () => {
    for (const subject of ['one', 'two', 'three']) await send({ to: 'Ada@Example.com', subject });
    await send({ to: 'bob@example.com' });
    const subjects = (await messages('?to=aDA@example.COM')).map(({ subject }) => subject);
    expect(subjects).toEqual(['one', 'two', 'three']);
    expect((await messages('?to=ada@example.com&after=2')).map(({ subject }) => subject)).toEqual(['three']);
  });

  test('waits for a mail to that address, not for another one', async () => {
    const waiting = messages('?to=ada@example.com&wait=30');
    await send({ to: 'bob@example.com' });
    await send({ to: 'ada@example.com', subject: 'for Ada' });
    expect(await waiting).toMatchObject([{ subject: 'for Ada' }]);
  });

  test('answers with an empty list after the wait', async () => {
    expect(await messages('?to=ada@example.com&wait=1')).toEqual([]);
  });

  test('refuses numbers that are invalid', async () => {
    expect((await fetch(`${base}/api/messages?wait=soon`)).status).toBe(400);
    expect((await fetch(`${base}/api/messages?after=-1`)).status).toBe(400);
  });

  test('is empty after DELETE, and numbers go on counting', async () => {
    await send({ to: 'ada@example.com' });
    await fetch(`${base}/api/messages`, { method: 'DELETE' });
    expect(await messages()).toEqual([]);
    expect((await fetch(`${base}/api/messages/1`)).status).toBe(404);
    await send({ to: 'ada@example.com' });
    expect(await messages('?after=1')).toMatchObject([{ id: '2' }]);
  });
});

describe('the page', () => {
  test('shows a mail escaped, in a sandboxed frame that loads nothing', async () => {
    const html = '<head></head><body><script>steal()</script><img src="https://example.com/pixel"></body>';
    await send({ to: 'ada@example.com', subject: '<b>bold</b>', text: '<i>text</i>', html });
    const list = await (await fetch(`${base}/`)).text();
    expect(list).toContain('&lt;b&gt;bold&lt;/b&gt;');
    const page = await (await fetch(`${base}/messages/1`)).text();
    expect(page).toContain('&lt;i&gt;text&lt;/i&gt;');
    expect(page).not.toContain('steal()');
    expect(page).toMatch(/<iframe title="[^"]+" src="\/messages\/1\/html"\s+sandbox="(?!.*allow-scripts)/);
    const framed = await fetch(`${base}/messages/1/html`);
    expect(framed.headers.get('content-security-policy')).toMatch(/^sandbox (?!.*allow-scripts).*default-src 'none'/);
    expect(await framed.text()).toContain('<head><base target="_blank"></head>');
  });

  test.each([
    ['/', 'DENY', "'none'"],
    ['/messages/1', 'DENY', "'none'"],
    ['/messages/9', 'DENY', "'none'"],
    ['/messages/1/html', 'SAMEORIGIN', "'self'"],
  ])('cannot be framed by another website: %s', async (path, option, ancestors) => {
    await send({ to: 'ada@example.com', html: '<p>Hi</p>' });
    const { headers } = await fetch(`${base}${path}`);
    expect(headers.get('x-frame-options')).toBe(option);
    expect(headers.get('content-security-policy')).toContain(`frame-ancestors ${ancestors}`);
  });

  test('is served only under names of this machine, which DNS rebinding cannot use', async () => {
    const socket = connect(inbox.httpPort, '127.0.0.1');
    socket.end('GET /api/messages HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toContain('403');
  });
});

describe('its process', () => {
  const run = (env: NodeJS.ProcessEnv) =>
    spawn('node', [join(import.meta.dirname, 'main.ts')], {
      env: { PATH: process.env['PATH'], INBOX_PORT: '0', INBOX_SMTP_PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });

  test('reports its ports, and ends on SIGTERM although a client waits', async () => {
    const child = run({});
    const [where] = await once(child, 'message');
    const waiting = fetch(`http://127.0.0.1:${where.httpPort}/api/messages?wait=60`).catch(() => 'cut off');
    await fetch(`http://127.0.0.1:${where.httpPort}/`);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await waiting).toBe('cut off');
  });

  test.each(['staging', 'production'])('refuses to run with APP_ENV=%s', async (APP_ENV) => {
    const child = run({ APP_ENV });
    const [said] = await once(child.stderr!, 'data');
    expect(String(said)).toContain('The dev inbox does not run');
    expect(await once(child, 'exit')).toEqual([1, null]);
  });

  test('names a port that is in use', async () => {
    const child = run({ INBOX_PORT: String(inbox.httpPort) });
    const [said] = await once(child.stderr!, 'data');
    expect(String(said)).toContain(`EADDRINUSE: address already in use 127.0.0.1:${inbox.httpPort}`);
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});
