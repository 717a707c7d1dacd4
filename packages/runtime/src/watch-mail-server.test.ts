import { createServer } from 'node:net';
import { once } from 'node:events';
import { createMailSender } from '@moonlight/email';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { logConnectionErrors } from './log-connection-errors.ts';
import { watchMailServer } from './watch-mail-server.ts';

const recordingLog = () => {
  const lines: string[] = [];
  return { lines, log: pino({ base: null }, { write: (line: string) => void lines.push(line) }) };
};

test('a mail server that is down is named once; probes ask it once in 15 s, and its return is logged', async () => {
  const { lines, log } = recordingLog();
  let time = 0;
  let isUp = false;
  let asked = 0;
  const verify = async () => {
    asked += 1;
    if (!isUp) throw new Error('SMTP CONN: ECONNREFUSED');
  };
  const isReachable = watchMailServer({ mail: { host: 'mail.example.com', port: 465 }, log, verify, now: () => time });
  const answers = await Promise.all(Array.from({ length: 50 }, isReachable));
  expect(new Set(answers)).toEqual(new Set([false]));
  expect(asked).toBe(1);
  time = 15_000;
  expect(await isReachable()).toBe(false);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/MAIL_SERVER.*mail\.example\.com:465.*SMTP CONN: ECONNREFUSED/);
  isUp = true;
  time = 29_999;
  expect(await isReachable()).toBe(false);
  time = 30_000;
  expect(await isReachable()).toBe(true);
  expect(lines).toHaveLength(2);
});

test('a mail server that accepts connections and never answers is unreachable within seconds', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const { lines, log } = recordingLog();
  const mail = {
    host: '127.0.0.1',
    port,
    secure: false,
    requireTls: false,
    sender: { name: 'x', email: 'x@example.com' },
  };
  const sender = createMailSender({ ...mail, appName: 'Moonlight' });
  const startedAt = performance.now();
  expect(await watchMailServer({ mail, log, verify: () => sender.verify() })()).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  expect(lines).toHaveLength(1);
  sender.close();
  silent.close();
});

test('an error that repeats is logged at once and then once in five seconds, with the number of those left out', () => {
  const { lines, log } = recordingLog();
  let time = 0;
  const onError = logConnectionErrors(log, 'a connection failed', () => time);
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  for (; time < 120_000; time += 1000) onError(refused);
  onError(new Error('another one'));
  expect(lines).toHaveLength(25);
  expect(lines[1]).toContain('"repeated":4');
});
