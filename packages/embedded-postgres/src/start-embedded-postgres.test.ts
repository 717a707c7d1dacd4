import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './index.ts';
import { processIdentity } from './postmaster.ts';

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

const hasEnded = (pid: number): boolean => processIdentity(pid) === undefined;
const files = (): Promise<string[]> => readdir(dataDir);

beforeEach(async () => {
  // No other account can read this folder, so each test that runs as root also shows that PostgreSQL needs no access to it.
  dataDir = await mkdtemp(join(tmpdir(), 'moonlight-postgres-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

describe('startEmbeddedPostgres', () => {
  test('creates a UTF-8 database in UTC that compares by code point and listens on loopback only', async () => {
    const { url } = await start();
    const sql = `SELECT current_database() AS database, current_setting('server_encoding') AS encoding,
      current_setting('TimeZone') AS zone, current_setting('listen_addresses') AS listens,
      (SELECT datlocprovider::text || ':' || datlocale FROM pg_database WHERE datname = current_database()) AS locale,
      lower('ÄÖ') AS lower`;
    expect(await query(url, sql)).toEqual([
      { database: 'moonlight', encoding: 'UTF8', zone: 'UTC', listens: '127.0.0.1', locale: 'b:C.UTF-8', lower: 'äö' },
    ]);
  });

  test('requires the password, which only the owner can read', async () => {
    const { url } = await start();
    await expect(query(url.replace(/:[^:@]+@/, ':guess@'), 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    );
    expect((await stat(join(dataDir, 'cluster', 'moonlight-password'))).mode & 0o777).toBe(0o600);
  });

  test('keeps the data of the previous start; stop leaves no process and no lock', async () => {
    const first = await start();
    await query(first.url, `CREATE TABLE kept AS SELECT 'kept' AS word`);
    await first.stop();
    await first.stop();
    expect(hasEnded(first.pid)).toBe(true);
    expect(await files()).toEqual(['cluster']);
    expect(await readdir(join(dataDir, 'cluster'))).not.toContain('postmaster.pid');
    const second = await start();
    expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'kept' }]);
  });

  test('leaves no file when it is aborted', async () => {
    const caller = new AbortController();
    const starting = start({ signal: caller.signal });
    await vi.waitFor(async () => expect(await files()).toContainEqual(expect.stringMatching(/^staging-/)), PATIENT);
    caller.abort();
    await expect(starting).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await files()).toEqual([]);
  });
});

describe('a port in use', () => {
  test('is an error if it was requested, and no process is left', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_TAKEN', message: `Port ${port} is in use.` });
    expect(await files()).toEqual(['cluster']);
    server.close();
  });

  test('is skipped if no port was requested', async () => {
    const other = await mkdtemp(join(tmpdir(), 'moonlight-postgres-'));
    const first = await startEmbeddedPostgres({ dataDir, durable: false });
    const second = await startEmbeddedPostgres({ dataDir: other, durable: false });
    running.push(first, second);
    for (const { url } of [first, second]) expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(second.port).not.toBe(first.port);
    await second.stop();
    await rm(other, { recursive: true });
  });
});

describe('two starts on one folder', () => {
  test('at the same time: one succeeds, the others name its process', async () => {
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
  test('of the process that had started it, the orphan is stopped and the data is kept', async () => {
    const child = hold();
    const [orphan] = await once(child, 'message');
    await query(orphan.url, `CREATE TABLE kept AS SELECT 'kept' AS word`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hasEnded(orphan.pid)).toBe(false);
    const { url } = await start();
    expect(hasEnded(orphan.pid)).toBe(true);
    expect(await query(url, 'SELECT word FROM kept')).toEqual([{ word: 'kept' }]);
  });

  test('of PostgreSQL, committed data is recovered', async () => {
    const first = await start({ durable: true });
    await query(first.url, `CREATE TABLE kept AS SELECT 'kept' AS word`);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'kept' }]);
  });

  test('while the cluster was created, it is created again', async () => {
    const child = hold();
    await vi.waitFor(async () => expect(await files()).toContainEqual(expect.stringMatching(/^staging-/)), PATIENT);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await files()).filter((name) => name.startsWith('staging-'))).toEqual([]);
  });

  test('a pid file with the pid of another process does not prevent the start or harm that process', async () => {
    await (await start()).stop();
    const bystander = spawn('sleep', ['60']);
    children.push(bystander);
    await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), `${bystander.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n`);
    await writeFile(join(dataDir, 'lock-7'), `${bystander.pid}\nstarted at another time\n`);
    await start();
    expect(hasEnded(bystander.pid!)).toBe(false);
  });

  test('a database of another major version is reported and not changed', async () => {
    await mkdir(join(dataDir, 'cluster'));
    await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '16\n');
    await expect(start()).rejects.toThrow('is of PostgreSQL 16, not 18');
  });
});
