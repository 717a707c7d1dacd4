import { expect, test } from 'vitest';
import { register } from '../src/people.ts';
import { startStack } from '../src/start-stack.ts';
import { startStatementCounter } from '../src/statement-counter.ts';
import { until } from '../src/concurrency.ts';

const WINDOW_SECONDS = 20;

test('an idle worker sends at most one statement a second to PostgreSQL, the queue included, and then still sends a mail', async () => {
  await using stack = await startStack({ workers: 0 });
  const counter = await startStatementCounter(stack.databaseUrl);
  const worker = await stack.start('worker', { DATABASE_URL: counter.url });
  expect(counter.countOf(WINDOW_SECONDS)).toBeGreaterThan(WINDOW_SECONDS);
  await until(async () => expect(counter.countOf(WINDOW_SECONDS)).toBeLessThanOrEqual(WINDOW_SECONDS), 60);
  // It is idle, not dead: a part of these statements are the relay's.
  expect(counter.countOf(WINDOW_SECONDS)).toBeGreaterThan(0);
  const { email } = await register(stack.url);
  expect(await stack.mailbox.next(email)).toMatchObject({ to: [email] });
  await worker.stop();
  counter.close();
}, 90_000);
