import { setTimeout as pause } from 'node:timers/promises';
import { checkCaptcha } from './captcha.ts';
import { checkConfiguration } from './configuration.ts';
import { checkDatabase, type Examined } from './database.ts';
import { type Area, type Finding, wrong } from './finding.ts';
import { checkMail } from './mail.ts';
import { checkQueue } from './queue.ts';
import { checkStored } from './stored.ts';

const TIMEOUT_MS = 15_000;

/** The findings of a check, or that it did not end in time or failed. */
const within = async (area: Area, variable: string, check: Promise<Finding[]>): Promise<Finding[]> => {
  const settled = new AbortController();
  const timeout = pause(TIMEOUT_MS, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`no answer within ${TIMEOUT_MS / 1000} s`);
  });
  try {
    return await Promise.race([check, timeout]);
  } catch (error) {
    const { explainFailure } = await import('@moonlight/runtime');
    return [wrong(area, variable, [explainFailure(error), 'Check whether the server is overloaded or unreachable.'])];
  } finally {
    settled.abort();
  }
};

const examineDatabase = async (examined: Examined): Promise<Finding[]> => {
  const { url } = examined.config.database;
  if (url === undefined)
    return [
      wrong('database', 'DATABASE_URL', [
        'it is not set',
        'Name a PostgreSQL 14 or newer. `npm start` starts one by itself and prints its URL.',
      ]),
    ];
  const { openDatabase } = await import('@moonlight/db');
  // Named statements, because one check finds out whether they work.
  const database = openDatabase({ url, poolSize: 4, onError: () => undefined, preparedStatements: 'on' });
  try {
    const { findings, hasTables } = await checkDatabase(examined, database);
    return hasTables ? [...findings, ...(await checkStored(examined.config))] : [...findings];
  } finally {
    void database.close();
  }
};

/** Runs all checks at the same time, each with a time limit, and reports everything they find. */
export const examine = async (examined: Examined, problems: readonly string[]): Promise<Finding[]> => {
  const { config } = examined;
  const parts = await Promise.all([
    within('database', 'DATABASE_URL', examineDatabase(examined)),
    within('queue', 'REDIS_URL', checkQueue(config)),
    within('mail', 'MAIL_SERVER', checkMail(config)),
    within('captcha', 'CAPTCHA_VERIFY_URL', checkCaptcha(config)),
  ]);
  return [...checkConfiguration(problems, config.app.env), ...parts.flat()];
};
