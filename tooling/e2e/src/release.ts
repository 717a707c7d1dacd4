import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { assembleRelease } from '@moonlight/build';

// Any account that owns nothing; it need not exist.
const OTHER = 61_001;
const isRoot = process.getuid?.() === 0;

/** A release outside of the repository, on a read-only tree that contains Node and nothing else. */
export interface InstalledRelease {
  /** Starts `main.js` with `args`, as an account that may write nowhere in the tree. */
  start(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess;
  /** Runs a command until it ends; resolves with its exit code and what it wrote to standard output and standard error. */
  run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }>;
  remove(): Promise<void>;
}

const makeReadOnly = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const isProgram = entry.isDirectory() || entry.name === 'node';
    await chmod(join(entry.parentPath, entry.name), isProgram ? 0o555 : 0o444);
  }
  await chmod(folder, 0o555);
};

/** Root may write everywhere, so that the programs run as another account then. */
export const installRelease = async (): Promise<InstalledRelease> => {
  const root = await mkdtemp(join(tmpdir(), 'moonlight-release-'));
  const node = join(root, 'node');
  await Promise.all([assembleRelease(join(root, 'moonlight')), copyFile(process.execPath, node)]);
  await makeReadOnly(root);
  const account = isRoot ? { uid: OTHER, gid: OTHER } : {};
  const start = (args: readonly string[], env: NodeJS.ProcessEnv) =>
    spawn(node, [join(root, 'moonlight', 'main.js'), ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...account,
    });
  return {
    start,
    run: async (args, env) => {
      const child = start(args, env);
      const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      return { code: child.exitCode, output: output + errors };
    },
    remove: async () => {
      await chmod(root, 0o755);
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true }))
        if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
      await rm(root, { recursive: true });
    },
  };
};
