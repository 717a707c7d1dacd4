import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { fastify } from 'fastify';
import { Pool } from 'pg';
import { z } from 'zod';

// The bound: the measured operations on Fastify, pg with prepared statements and argon2id, and nothing else. No limits,
// mails, audit, signatures or events. Started as a process of its own; `without-hash` as argument leaves argon2id out.

const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const hasHash = process.argv[2] !== 'without-hash';
const hashPassword = async (password: string) => (hasHash ? hash(password, COST) : password);
const isRight = async (stored: string, password: string) => (hasHash ? verify(stored, password) : true);

const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
await pool.query(`create schema if not exists bare;
  create table if not exists bare.users (id uuid primary key, email text not null unique, password_hash text not null);
  create table if not exists bare.sessions (token_hash bytea primary key, user_id uuid not null references bare.users,
    expires_at timestamptz not null);
  create index if not exists sessions_user on bare.sessions (user_id)`);

const prepared =
  (name: string, text: string) =>
  async (...values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> =>
    (await pool.query<Record<string, unknown>>({ name, text, values: [...values] })).rows;
const insertUser = prepared('register', 'insert into bare.users values ($1, $2, $3) returning id');
const findUser = prepared('find', 'select id, password_hash from bare.users where email = $1');
const insertSession = prepared('session', `insert into bare.sessions values ($1, $2, now() + interval '7 days')`);
const deleteSession = prepared('logout', 'delete from bare.sessions where token_hash = $1 returning user_id');
const findSession = prepared(
  'check',
  `select u.id, u.email, s.expires_at from bare.sessions s join bare.users u on u.id = s.user_id
   where s.token_hash = $1 and s.expires_at > now()`,
);

const credentials = z.object({ email: z.string(), password: z.string() });
const rowSchema = z.object({ id: z.string(), password_hash: z.string() });
const tokenHash = (header = '') => createHash('sha256').update(header.slice('Bearer '.length)).digest();

const app = fastify();
app.post('/register', async ({ body }, reply) => {
  const { email, password } = credentials.parse(body);
  await insertUser(randomUUID(), email, await hashPassword(password));
  return reply.code(201).send({ email });
});
app.post('/login', async ({ body }, reply) => {
  const { email, password } = credentials.parse(body);
  const [row] = await findUser(email);
  const user = rowSchema.safeParse(row).data;
  if (user === undefined || !(await isRight(user.password_hash, password))) return reply.code(401).send({});
  const token = randomBytes(32).toString('base64url');
  await insertSession(tokenHash(`Bearer ${token}`), user.id);
  return { token };
});
app.get('/session', async ({ headers }, reply) => {
  const [session] = await findSession(tokenHash(headers.authorization));
  return session ?? reply.code(401).send({});
});
app.post('/logout', async ({ headers }, reply) => {
  const ended = await deleteSession(tokenHash(headers.authorization));
  return ended.length === 1 ? { success: true } : reply.code(401).send({});
});
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
