import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bundleOf } from '@moonlight/build';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { until } from '../src/concurrency.ts';
import { password, register } from '../src/people.ts';
import { restOf, tokensIn } from '../src/rest.ts';
import { baseEnv, type Env, type Stack, startStack } from '../src/start-stack.ts';

const OLD = 'the old secret that guards nothing in tests';
const NEW = 'the new secret that guards nothing in tests';
const SESSIONS = 4;

/** Two replicas behind a balancer, and sessions that are used all the time. */
const startLoad = (stack: Stack) => {
  const serving = [...stack.apis];
  const stop = new AbortController();
  const registered: string[] = [];
  const rounds: number[] = [];

  const logIn = async (): Promise<string> => {
    const { email } = await register(serving[0]!.url);
    registered.push(email);
    return tokensIn(await restOf(serving[0]!.url)('POST /api/v1/auth/login', { email, password })).refresh;
  };
  /** Refreshes at both replicas at once, as two tabs would, and uses each access token at the other replica. */
  const useOnce = async (refreshToken: string): Promise<string> => {
    const [here, there] = serving.map(({ url }) => restOf(url));
    const refresh = 'POST /api/v1/auth/refresh';
    const answers = await Promise.all([here!, there!].map((rest) => rest(refresh, { refresh_token: refreshToken })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const [first, second] = answers.map(tokensIn);
    expect(second!.refresh).toBe(first!.refresh);
    for (const [rest, token] of [
      [here!, second!.access],
      [there!, first!.access],
    ] as const)
      expect((await rest('GET /api/v1/auth/profile', undefined, { token })).status).toBe(200);
    return first!.refresh;
  };
  const useSession = async (index: number): Promise<string> => {
    let token = await logIn();
    for (rounds[index] = 0; !stop.signal.aborted; rounds[index] += 1) token = await useOnce(token);
    return token;
  };
  const sessions = Array.from({ length: SESSIONS }, (_, index) => useSession(index));
  /** Waits until each session was used twice more, the second time only at the replicas that serve now. */
  const everySessionUsed = async (): Promise<void> => {
    const before = [...rounds];
    await Promise.race([
      until(() => expect(rounds.every((round, index) => round >= before[index]! + 2)).toBe(true)),
      // A session that fails ends the wait.
      Promise.all(sessions),
    ]);
  };
  return {
    registered,
    /** Replaces one replica after the other. */
    roll: async (env: Env): Promise<void> => {
      for (const index of [0, 1]) {
        const [replaced] = serving.splice(index, 1, await stack.start('api', env));
        await everySessionUsed();
        await replaced!.stop();
        registered.push((await register(serving[index]!.url)).email);
      }
      await everySessionUsed();
    },
    /** Ends the load. Returns the last refresh token of each session. */
    end: (): Promise<string[]> => {
      stop.abort();
      return Promise.all(sessions);
    },
  };
};

const report = z.object({ mails: z.object({ resealed: z.number() }), sessions: z.object({ count: z.number() }) });

const rotate = async ({ databaseUrl, mailbox }: Stack, secrets: Env) => {
  const env = { ...baseEnv(databaseUrl, mailbox.smtpPort), ...secrets };
  const { stdout } = await promisify(execFile)(process.execPath, [bundleOf('cli'), 'secret', 'rotate', '--json'], {
    env,
  });
  return report.parse(JSON.parse(stdout));
};

test('while SECRET_KEY is changed by rolling restarts under load, no session ends and no mail is lost', async () => {
  await using stack = await startStack({ apis: 2, workers: 0, env: { SECRET_KEY: OLD } });
  const load = startLoad(stack);
  await load.roll({ SECRET_KEY: OLD, SECRET_KEY_PREVIOUS: NEW });
  await load.roll({ SECRET_KEY: NEW, SECRET_KEY_PREVIOUS: OLD });
  const { mails, sessions } = await rotate(stack, { SECRET_KEY: NEW, SECRET_KEY_PREVIOUS: OLD });
  expect(mails.resealed).toBeGreaterThanOrEqual(SESSIONS);
  expect(sessions.count).toBe(0);
  const refreshTokens = await load.end();
  const [last] = await Promise.all([
    stack.start('api', { SECRET_KEY: NEW }),
    stack.start('worker', { SECRET_KEY: NEW }),
  ]);
  for (const token of refreshTokens)
    expect((await restOf(last.url)('POST /api/v1/auth/refresh', { refresh_token: token })).status).toBe(200);
  await stack.mailsSettled();
  const recipients = (await stack.mailbox.here()).flatMap(({ to }) => to);
  expect(recipients.toSorted()).toEqual(load.registered.toSorted());
}, 120_000);
