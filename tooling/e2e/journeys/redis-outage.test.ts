import { connectRedis } from '@moonlight/redis';
import { type FaultyProxy, type RunningRedis, startFaultyProxy, startRedis } from '@moonlight/redis/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { register } from '../src/people.ts';
import { type Stack, startStack } from '../src/start-stack.ts';

let redis: RunningRedis;
let network: FaultyProxy;
let stack: Stack;
beforeAll(async () => {
  redis = await startRedis();
  network = await startFaultyProxy(redis.url);
  stack = await startStack({ env: { REDIS_URL: network.url, CAPTCHA_PROVIDER: 'none' } });
});
afterAll(async () => {
  await stack.close();
  await network.close();
  await redis.stop();
});

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

/** Registers; returns how long the call and then the mail took, in seconds. */
const registerAndWait = async () => {
  let email = '';
  const call = await secondsOf(async () => ({ email } = await register(stack.url)));
  const mail = await secondsOf(() => stack.mailbox.next(email));
  return { call, mail };
};

// Not one for each of the mails.
const LINES_OF_AN_OUTAGE = 5;
const linesAbout = (what: string): string[] =>
  stack
    .output()
    .split('\n')
    .filter((line) => line.includes(what));

const flush = async (): Promise<void> => {
  const client = connectRedis([redis.url]);
  await client.flushall();
  client.disconnect();
};

const outages: Readonly<Record<string, () => unknown>> = {
  'refuses connections': () => network.sever(),
  'does not answer': () => network.freeze(),
  'has lost its data': flush,
};

test.each(Object.entries(outages))(
  'when Redis %s, calls do not wait for it, and mails arrive within five seconds, also when it is back',
  async (_what, begin) => {
    await registerAndWait();
    await begin();
    const during = await Promise.all(Array.from({ length: 5 }, registerAndWait));
    await network.restore();
    const after = await registerAndWait();
    // The first call finds out that Redis does not answer, which takes a second.
    expect(Math.max(...during.map(({ call }) => call))).toBeLessThan(2.5);
    for (const { mail } of [...during, after]) expect(mail).toBeLessThan(5);
    expect(linesAbout('the mail queue').length).toBeLessThan(LINES_OF_AN_OUTAGE);
  },
);
