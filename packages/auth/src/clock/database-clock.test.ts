import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { openDatabase } from '@moonlight/db';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createTestAuth, type TestAuth } from '../testing/create-test-auth.ts';
import { nearestOffset, startDatabaseClock } from './database-clock.ts';

const HOUR = 3_600_000;
// PostgreSQL runs on this machine, so its time is that of the system; a round trip takes a few milliseconds.
const NEAR = 500;

let t: TestAuth;
beforeAll(async () => {
  t = await createTestAuth();
});
afterAll(() => t.close());

/** The clocks of a machine, which a test sets, and a clock of the service on it. */
const start = async (skew: { system: number; monotonic: number }, { db } = t.deps) => {
  const lines: string[] = [];
  const write = (_fields: object, message: string) => void lines.push(message);
  const clock = await startDatabaseClock({
    db,
    log: { info: write, warn: write, error: write },
    local: { system: () => Date.now() + skew.system, monotonic: () => performance.now() + skew.monotonic },
  });
  onTestFinished(() => clock.close());
  return { lines, clock, error: () => Math.abs(clock.now().getTime() - Date.now()) };
};

test.each([
  [1500, 0],
  [HOUR, 1],
  [-HOUR, 1],
])('a system clock that is %i ms off changes no time; above 2 s the log says so once', async (system, count) => {
  const { error, lines } = await start({ system, monotonic: 0 });
  expect(error()).toBeLessThan(NEAR);
  expect(lines).toEqual(Array(count).fill(expect.stringContaining('differs from that of PostgreSQL')));
});

test('a system clock that is set during the run moves no time; the log says so, and when it is right again', async () => {
  const skew = { system: 0, monotonic: 0 };
  const { error, lines } = await start(skew);
  for (const [system, line] of [
    [HOUR, 'differs'],
    [0, 'again'],
    [-HOUR, 'differs'],
  ] as const) {
    skew.system = system;
    expect(error()).toBeLessThan(NEAR);
    await vi.waitFor(() => expect(lines.at(-1)).toContain(line));
    expect(error()).toBeLessThan(NEAR);
  }
});

test('after the machine was suspended, the first call corrects the time', async () => {
  const skew = { system: 0, monotonic: 0 };
  const { error } = await start(skew);
  skew.monotonic = -HOUR;
  expect(error()).toBeGreaterThan(NEAR);
  await vi.waitFor(() => expect(error()).toBeLessThan(NEAR));
});

test('the time is read again every ten seconds, also while there are no calls', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await start({ system: 0, monotonic: 0 });
  t.statements();
  vi.advanceTimersByTime(10_000);
  vi.useRealTimers();
  await vi.waitFor(() => expect(t.statements()).toEqual([expect.stringContaining('clock_timestamp')]));
});

test('calls read the time without a statement', async () => {
  const { clock } = await start({ system: 0, monotonic: 0 });
  t.statements();
  for (let calls = 0; calls < 1000; calls += 1) clock.now();
  expect(t.statements()).toEqual([]);
});

test('while PostgreSQL has never answered there is no time, and once it answers, the time is right', async () => {
  const { hostname, port } = new URL(t.database.url);
  const proxy = createServer((socket) => void socket.pipe(connect(Number(port), hostname)).pipe(socket));
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(t.database.url);
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP port was expected');
  url.port = String(address.port);
  await new Promise((closed) => void proxy.close(closed));

  const client = openDatabase({ url: url.href, poolSize: 1, onError: () => undefined });
  const { clock, error } = await start({ system: HOUR, monotonic: 0 }, { ...t.deps, db: client.db });
  expect(() => clock.now()).toThrow('clock_timestamp');
  await once(proxy.listen(address.port, '127.0.0.1'), 'listening');
  await vi.waitFor(() => expect(error()).toBeLessThan(NEAR));
  await client.close();
  proxy.close();
});

test('a slow reading moves the time no further than it must', () => {
  expect(nearestOffset(undefined, { before: 0, database: 5000, after: 10 })).toBe(4995);
  expect(nearestOffset(4995, { before: 100, database: 5100, after: 3100 })).toBe(4995);
  expect(nearestOffset(4995, { before: 100, database: 5120, after: 110 })).toBe(5010);
  expect(nearestOffset(4995, { before: 100, database: 5080, after: 110 })).toBe(4980);
});
