import { createTestAuth, type TestAuth } from '@moonlight/auth/testing';
import { type CliRun, moonlight } from './moonlight.ts';

const SECRET_KEY = 'the secret of the tests of the command line';

/** A service with its database, and the command line that operates it. */
export interface Operated {
  readonly t: TestAuth;
  /** Another replica on the same database. */
  readonly replica: TestAuth;
  readonly run: (args: string, env?: NodeJS.ProcessEnv) => Promise<CliRun>;
  /** The document of a command with `--json`. */
  readonly json: (args: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** The clock of the service is that of the machine, as it is for the command line. */
export const operated = async (): Promise<Operated> => {
  const clock = { now: () => new Date(), advance: () => undefined };
  const t = await createTestAuth({ secretKey: SECRET_KEY, clock });
  const replica = await createTestAuth({ secretKey: SECRET_KEY, clock, database: t.database });
  const run = (args: string, env: NodeJS.ProcessEnv = {}) =>
    moonlight(args, { APP_ENV: 'test', SECRET_KEY, DATABASE_URL: t.database.url, ...env });
  return {
    t,
    replica,
    run,
    json: async (args) => {
      const answer: unknown = JSON.parse((await run(`${args} --json`)).out);
      return answer;
    },
    close: async () => {
      await replica.close();
      await t.close();
    },
  };
};
