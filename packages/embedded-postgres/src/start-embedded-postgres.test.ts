import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './index.ts';
import { processIdentity } from './process-identity.ts';

const PATIENT = { timeout: 20_000, interval: 20 };

let dataDir: string;
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

const start = async (options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> => {
  const postgres = await startEmbeddedPostgres({ dataDir, port: 0, durable: false, ...options });
  running.push(postgres);
  return postgres;
};

const hold = (): ChildProcess => {
  const script = join(import.meta.dirname, 'hold-postgres.fixture.ts');
  const child = spawn('node', [script, dataDir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.push(child);
  return child;
};

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

const isGone = (pid: number): boolean => processIdentity(pid) === undefined;
const files = (): Promise<string[]> => readdir(dataDir);

beforeEach(async () => {
  // Closed to everybody else, so that as root each of these tests also shows that PostgreSQL needs no way in.
  dataDir = await mkdtemp(join(tmpdir(), 'moonlight-postgres-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

describe('a start', () => {
  test('gives a UTF-8 database in UTC that compares by code point and listens on loopback only', async () => {
    const { url } = await start();
    const sql = `SELECT current_database() AS database, current_setting('server_encoding') AS encoding,
      current_setting('TimeZone') AS zone, current_setting('listen_addresses') AS listens,
      (SELECT datlocprovider::text || ':' || datlocale FROM pg_database WHERE datname = current_database()) AS locale,
      lower('ÄÖ') AS lower`;
    expect(await query(url, sql)).toEqual([
      { database: 'moonlight', encoding: 'UTF8', zone: 'UTC', listens: '127.0.0.1', locale: 'b:C.UTF-8', lower: 'äö' },
    ]);
  });

  test('asks for the password, which only the owner can read', async () => {
    const { url } = await start();
    await expect(query(url.replace(/:[^:@]+@/, ':guess@'), 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    );
    expect((await stat(join(dataDir, 'cluster', 'moonlight-password'))).mode & 0o777).toBe(0o600);
  });

  test('keeps the data of the one before, and leaves no process and no lock behind', async () => {
    const first = await start();
    await query(first.url, `CREATE TABLE kept AS SELECT 'here' AS word`);
    await first.stop();
    await first.stop();
    expect(isGone(first.pid)).toBe(true);
    expect(await files()).toEqual(['cluster']);
    expect(await readdir(join(dataDir, 'cluster'))).not.toContain('postmaster.pid');
    const second = await start();
    expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
  });

  test('that is called off leaves nothing behind', async () => {
    const caller = new AbortController();
    const starting = start({ signal: caller.signal });
    await vi.waitFor(async () => expect(await files()).toContainEqual(expect.stringMatching(/^staging-/)), PATIENT);
    caller.abort();
    await expect(starting).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await files()).toEqual([]);
  });
});

describe('a taken port', () => {
  test('that was asked for by name is an error, and nothing is left running', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_TAKEN', message: `Port ${port} is taken.` });
    expect(await files()).toEqual(['cluster']);
    server.close();
  });

  test('gives way to the next free one when nobody asked for it', async () => {
    const other = await mkdtemp(join(tmpdir(), 'moonlight-postgres-'));
    const first = await startEmbeddedPostgres({ dataDir, durable: false });
    const second = await startEmbeddedPostgres({ dataDir: other, durable: false });
    running.push(first, second);
    expect(second.port).toBeGreaterThan(first.port);
    await second.stop();
    await rm(other, { recursive: true });
  });
});

describe('two starts on one folder', () => {
  test('at once: one serves, the other says who does', async () => {
    const results = await Promise.allSettled([start(), start(), start()]);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(2);
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ code: 'IN_USE', message: expect.stringContaining(`process ${process.pid}`) });
    }
    expect(await query(running[0]!.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('after a crash', () => {
  test('of the process that had started it, the orphan is stopped and the data are there', async () => {
    const child = hold();
    const [orphan] = await once(child, 'message');
    await query(orphan.url, `CREATE TABLE kept AS SELECT 'here' AS word`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isGone(orphan.pid)).toBe(false);
    const { url } = await start();
    expect(isGone(orphan.pid)).toBe(true);
    expect(await query(url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
  });

  test('of PostgreSQL itself, it recovers what was committed', async () => {
    const first = await start({ durable: true });
    await query(first.url, `CREATE TABLE kept AS SELECT 'here' AS word`);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
  });

  test('in the middle of making the cluster, it is made anew', async () => {
    const child = hold();
    await vi.waitFor(async () => expect(await files()).toContainEqual(expect.stringMatching(/^staging-/)), PATIENT);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await files()).filter((name) => name.startsWith('staging-'))).toEqual([]);
  });

  test('a pid file that names somebody else by now does not keep it from starting, nor harm them', async () => {
    await (await start()).stop();
    const bystander = spawn('sleep', ['60']);
    children.push(bystander);
    await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), `${bystander.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n`);
    await writeFile(join(dataDir, 'lock-7'), `${bystander.pid}\nstarted at another time\n`);
    await start();
    expect(isGone(bystander.pid!)).toBe(false);
  });

  test('a database of another major version is named and left alone', async () => {
    await mkdir(join(dataDir, 'cluster'));
    await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '16\n');
    await expect(start()).rejects.toThrow('is of PostgreSQL 16, not 18');
  });
});
