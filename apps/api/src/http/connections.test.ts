import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, startTestServer, type TestServer } from '../testing.ts';
import { connectionLimits } from './connections.ts';

const HEADERS = 'POST /api/v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const limits = { ...connectionLimits, headersTimeoutMs: 400, requestTimeoutMs: 900, checkIntervalMs: 50 };
const open: Socket[] = [];
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ connections: limits });
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await server.close();
});

const openConnection = async (to = server): Promise<Socket> => {
  const socket = connect(Number(new URL(to.url).port), '127.0.0.1');
  open.push(socket);
  await once(socket, 'connect');
  return socket;
};

/** Sends the beginning of a request, then one byte every 50 ms. Resolves to the answer and how long it took. */
const sendSlowly = async (beginning: string, bytes: string) => {
  const socket = await openConnection();
  const start = performance.now();
  socket.write(beginning);
  let sent = 0;
  const timer = setInterval(() => socket.writable && socket.write(bytes.charAt(sent++ % bytes.length)), 50);
  const answer = await text(socket);
  clearInterval(timer);
  return { answer, milliseconds: performance.now() - start };
};

const expectTimeout = (answer: string) => {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(head).toContain('Cache-Control: no-store');
  const { request_id: requestId, ...rest } = JSON.parse(body);
  expect(rest).toEqual({ code: 408, message: 'Invalid input', error: 'VALIDATION_FAILED' });
  expect(head).toContain(`X-Request-Id: ${requestId}`);
};

test('a request whose headers arrive too slowly is answered 408 and ends', async () => {
  const { answer, milliseconds } = await sendSlowly(`${HEADERS}x-slow: `, 'a');
  expectTimeout(answer);
  expect(milliseconds).toBeGreaterThanOrEqual(limits.headersTimeoutMs);
  expect(milliseconds).toBeLessThan(connectionLimits.headersTimeoutMs);
});

test('a request whose body arrives too slowly is answered 408 and ends', async () => {
  const { answer, milliseconds } = await sendSlowly(`${HEADERS}content-length: 60000\r\n\r\n{`, ' ');
  expectTimeout(answer);
  expect(milliseconds).toBeGreaterThanOrEqual(limits.requestTimeoutMs);
  expect(milliseconds).toBeLessThan(connectionLimits.requestTimeoutMs);
});

test('a connection that sends nothing ends', async () => {
  const socket = await openConnection();
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

test('a client that ignores the answer and does not close its side is disconnected', async () => {
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', allowHalfOpen: true });
  open.push(socket);
  socket.write(`${HEADERS}x-slow: `);
  const timer = setInterval(() => socket.write('a'), 50);
  await expect(text(socket)).resolves.toMatch(/^HTTP\/1\.1 408 /);
  await expect(once(socket, 'close')).rejects.toMatchObject({ code: expect.stringMatching(/^(?:ECONNRESET|EPIPE)$/) });
  clearInterval(timer);
});

test('connections above the bound are closed at once, and later ones are served again', async () => {
  const maxConnections = 4;
  const small = await startTestServer({ connections: { ...connectionLimits, maxConnections } });
  const sockets = await Promise.all(Array.from({ length: maxConnections }, () => openConnection(small)));
  const surplus = await openConnection(small);
  expect(await text(surplus)).toBe('');
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => ask('GET', `${small.url}/health`).then(({ status }) => status, String)).toBe(200);
  await small.close();
});

test('the service waits 15 s for headers and 30 s for a request, notices it within a second, and bounds connections', () => {
  expect(connectionLimits).toEqual({
    headersTimeoutMs: 15_000,
    requestTimeoutMs: 30_000,
    checkIntervalMs: 1000,
    maxConnections: 10_000,
  });
});
