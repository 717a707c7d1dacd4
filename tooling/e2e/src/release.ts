import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { assembleRelease } from '@moonlight/build';
import { until } from './concurrency.ts';

// Any account that owns nothing; it need not exist.
const OTHER = 61_001;
const isRoot = process.getuid?.() === 0;

/** A folder as `npm run build` writes it, and how to run it. */
export interface Release {
  readonly node: string;
  readonly folder: string;
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
}

const spawnRelease = ({ node, folder, account }: Release, args: readonly string[], env: NodeJS.ProcessEnv) =>
  spawn(node, [join(folder, 'main.js'), ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...account,
  });

/** Runs a command until it ends; resolves with its exit code and what it wrote to standard output and standard error. */
export const runRelease = async (release: Release, args: readonly string[], env: NodeJS.ProcessEnv) => {
  const child = spawnRelease(release, args, env);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, output: output + errors };
};

/** An API or a worker of a release that is ready. */
export interface ReleasedApp {
  readonly child: ChildProcess;
  readonly url: string;
  /** Everything it has written so far. */
  output(): string;
}

/** Starts an app of a release with PORT=0; resolves with its address when it is ready, rejects with its output otherwise. */
export const startRelease = async (
  release: Release,
  name: 'api' | 'worker',
  env: NodeJS.ProcessEnv,
): Promise<ReleasedApp> => {
  const child = spawnRelease(release, [name], env);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const port = await until(() => {
    const found = /listening at http:\/\/127\.0\.0\.1:(\d+)|"family":"IPv4","port":(\d+)/.exec(output);
    if (found === null) throw new Error(`the ${name} is not up:\n${output}`);
    return found[1] ?? found[2];
  });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    const { status } = await fetch(`${url}/health/ready`);
    if (status !== 200) throw new Error(`the ${name} is not ready (${status}):\n${output}`);
  });
  return { child, url, output: () => output };
};

const makeReadOnly = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const isProgram = entry.isDirectory() || entry.name === 'node';
    await chmod(join(entry.parentPath, entry.name), isProgram ? 0o555 : 0o444);
  }
  await chmod(folder, 0o555);
};

const removeReadOnly = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
  await rm(folder, { recursive: true });
};

/**
 * Puts a release outside of the repository, on a read-only tree with Node and nothing else. Root may write everywhere, so
 * that the programs run as another account then.
 */
export const installRelease = async (): Promise<Release & { remove(): Promise<void> }> => {
  const root = await mkdtemp(join(tmpdir(), 'moonlight-release-'));
  const node = join(root, 'node');
  const folder = join(root, 'moonlight');
  await Promise.all([assembleRelease(folder), copyFile(process.execPath, node)]);
  await makeReadOnly(root);
  const account = isRoot ? { uid: OTHER, gid: OTHER } : undefined;
  return { node, folder, account, remove: () => removeReadOnly(root) };
};
