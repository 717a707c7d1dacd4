import { startTestServer, type TestServer } from '@moonlight/api/testing';
import { createMoonlightClient } from '@moonlight/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, recordEvents, register } from '../src/people.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Catches the next error that nobody catches, in place of the test runner. */
const nextUncaught = (): Promise<unknown> => {
  const runners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  return new Promise((resolve) => {
    process.once('uncaughtException', (error) => {
      for (const runner of runners) process.on('uncaughtException', runner);
      resolve(error);
    });
  });
};

test('what a listener throws is uncaught, and neither the call nor another listener suffers', async () => {
  const client = createMoonlightClient({ url: server.url });
  const mistake = new Error('a mistake in a listener');
  client.on('loggedIn', () => {
    throw mistake;
  });
  const events = recordEvents(client);
  const { email, username } = await register(server.url);
  const uncaught = nextUncaught();
  expect((await client.auth.login.mutate({ email, password })).user.username).toBe(username);
  expect(await uncaught).toBe(mistake);
  expect(events).toEqual(['loggedIn here']);
});
