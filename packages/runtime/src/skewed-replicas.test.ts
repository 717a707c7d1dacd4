import { createMailDelivery, login, register, refusalFrom, sendPasswordReset } from '@moonlight/auth';
import { readOutbox, testRequest } from '@moonlight/auth/testing';
import { loadConfig } from '@moonlight/config';
import { createTestDatabase, type TestDatabase } from '@moonlight/db/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from './create-logger.ts';
import { createRuntime, type Runtime } from './create-runtime.ts';

const HOUR = 3_600_000;

let database: TestDatabase;
let ahead: Runtime;
let behind: Runtime;

const startReplica = (skew: number): Promise<Runtime> => {
  const config = loadConfig({
    APP_ENV: 'test',
    SECRET_KEY: 'a secret for tests that protects nothing at all',
    CAPTCHA_PROVIDER: 'none',
    LOG_LEVEL: 'silent',
    ARGON2_MEMORY_KIB: '8192',
    ARGON2_ITERATIONS: '1',
  });
  const local = { system: () => Date.now() + skew, monotonic: () => performance.now() };
  return createRuntime({ config, log: createLogger(config, 'api'), databaseUrl: database.url, local });
};

beforeAll(async () => {
  database = await createTestDatabase();
  [ahead, behind] = await Promise.all([startReplica(HOUR), startReplica(-HOUR)]);
});
afterAll(async () => {
  await Promise.all([ahead.close(), behind.close()]);
  await database.drop();
});

let people = 0;
const newPerson = () => {
  people += 1;
  return { email: `p${people}@example.com`, username: `person_${people}`, password: 'a long and quiet night' };
};
const registerAt = async ({ auth }: Runtime) => {
  const person = newPerson();
  await register(auth.deps, person, testRequest());
  return { person, tokens: (await login(auth.deps, person, testRequest())).tokens };
};
const pairs = () => [
  { here: ahead, there: behind },
  { here: behind, there: ahead },
];

test('a refresh at one replica is replayed by the other with the same successor, and the session goes on', async () => {
  for (const { here, there } of pairs()) {
    const { refreshToken } = (await registerAt(here)).tokens;
    const { accessToken, refreshToken: successor } = await here.auth.refresh({ refreshToken }, testRequest());
    expect((await there.auth.refresh({ refreshToken }, testRequest())).refreshToken).toBe(successor);
    expect(await there.auth.authenticate(accessToken)).toMatchObject({ user: { isActive: true } });
    await there.auth.refresh({ refreshToken: successor }, testRequest());
  }
});

test('a limit that is full at one replica is full at the other', async () => {
  for (const { here, there } of pairs()) {
    const { email } = (await registerAt(here)).person;
    await sendPasswordReset(here.auth.deps, { email }, testRequest());
    const again = sendPasswordReset(there.auth.deps, { email }, testRequest());
    const refusal = refusalFrom(await again.catch((error: unknown) => error));
    expect(refusal?.code).toBe('RATE_LIMITED');
    // The two clocks agree up to a round trip to PostgreSQL, and the wait of 60 s is rounded up.
    expect(refusal?.retryAfter).toBeLessThanOrEqual(61);
  }
});

test('a mail of one replica is neither dropped by a worker on the other nor claimed by both', async () => {
  for (const { here, there } of pairs()) {
    const { email } = (await registerAt(here)).person;
    const sent: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const send = async ({ mail }: { mail: { to: string } }) => {
      sent.push(mail.to);
      await promise;
    };
    const workers = [there, here].map(({ auth }) => createMailDelivery({ ...auth.deps, senders: { email: { send } } }));
    for (const { drain } of workers) await drain();
    resolve();
    await Promise.all(workers.map((worker) => worker.close()));
    expect(sent.filter((to) => to === email)).toEqual([email]);
    expect(await readOutbox(here.auth.deps)).toEqual([]);
  }
});
