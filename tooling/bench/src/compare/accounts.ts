import { loadConfig } from '@moonlight/config';
import { createRuntime } from '@moonlight/runtime';
import { hash } from '@node-rs/argon2';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { Client } from 'pg';
import { pino } from 'pino';
import { z } from 'zod';
import { runLoad } from './load.ts';
import { SECRET_KEY } from './processes.ts';

export const PASSWORD = 'a long and quiet night';
export const AUTH = '/api/v1/auth';

/** The email of the seeded account `n`. */
export const emailOf = (n: number): string => `seed${n}@example.com`;

/** Runs one statement. */
export const sql = async (url: string, text: string, values: readonly unknown[] = []): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(text, [...values])).rows;
  } finally {
    await client.end();
  }
};

/** Adds `count` verified accounts that have been logged in before, in Moonlight's tables and in the bound's. */
export const seedAccounts = async (url: string, count: number): Promise<void> => {
  const passwordHash = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  await sql(
    url,
    `insert into users (id, email, username, password_hash, locale, email_verified_at, first_login_at, created_at, updated_at)
     select gen_random_uuid(), 'seed' || n || '@example.com', 'seed' || n, $1, 'en', now(), now(), now(), now()
     from generate_series(0, ${count - 1}) n`,
    [passwordHash],
  );
};

const tokensSchema = z.object({ data: z.object({ tokens: z.object({ access_token: z.string() }) }) });

/** Logs in `count` times, over the seeded accounts in turn; returns the access tokens. */
export const logInMany = async (url: string, count: number, accounts: number): Promise<string[]> => {
  const tokens: string[] = [];
  await runLoad({
    url,
    connections: 16,
    next: (n) =>
      n < count ? { path: `${AUTH}/login`, body: { email: emailOf(n % accounts), password: PASSWORD } } : undefined,
    onAnswer: (text) => tokens.push(tokensSchema.parse(JSON.parse(text)).data.tokens.access_token),
  });
  return tokens;
};

/** More access tokens of the session of `token`, signed with the service's own key: none was verified before. */
export const newTokens = async (databaseUrl: string, token: string, count: number): Promise<string[]> => {
  const config = loadConfig({ DATA_DIR: '/nonexistent', SECRET_KEY });
  const runtime = await createRuntime({ config, log: pino({ level: 'silent' }), databaseUrl });
  try {
    const { key } = await runtime.auth.deps.keyRing.signingKey(new Date());
    const header = z.object({ alg: z.string(), kid: z.string(), typ: z.string() }).parse(decodeProtectedHeader(token));
    const claims = decodeJwt(token);
    const tokens: string[] = [];
    for (let n = 0; n < count; n += 1)
      tokens.push(await new SignJWT({ ...claims, jti: `${claims.jti}-${n}` }).setProtectedHeader(header).sign(key));
    return tokens;
  } finally {
    await runtime.close();
  }
};
