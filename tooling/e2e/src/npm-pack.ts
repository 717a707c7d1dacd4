import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

type RunIn = (cwd: string, program: string, args: readonly string[]) => Promise<string>;

const isMade = (path: string): boolean => ['node_modules', 'dist'].includes(basename(path));

/**
 * Packs packages of the workspace into `folder` with plain `npm pack`; answers the dependencies on them. npm is given copies,
 * since it cannot pack a package of a workspace without rewriting its manifest for a moment, in which nobody else
 * may read it. Rejects when a manifest is not brought back as it was.
 */
export const npmPack = async (
  names: readonly string[],
  { root, folder, run }: { root: string; folder: string; run: RunIn },
): Promise<Record<string, string>> => {
  const workspace = join(folder, 'workspace');
  await mkdir(join(workspace, 'packages'), { recursive: true });
  await Promise.all(['tooling', 'node_modules'].map((name) => symlink(join(root, name), join(workspace, name))));
  const packed = names.map(async (name): Promise<[string, string]> => {
    const original = join(root, 'packages', name);
    const copy = join(workspace, 'packages', name);
    await cp(original, copy, { recursive: true, filter: (path) => !isMade(path) });
    await symlink(join(original, 'node_modules'), join(copy, 'node_modules'));
    const tarballs = await run(copy, 'npm', ['pack', '--pack-destination', folder]);
    const [before, after] = await Promise.all(
      [original, copy].map((each) => readFile(join(each, 'package.json'), 'utf8')),
    );
    if (after !== before) throw new Error(`npm pack left ${name} with another package.json`);
    return [`@moonlight/${name}`, `file:${tarballs.trim().split('\n').at(-1) ?? ''}`];
  });
  return Object.fromEntries(await Promise.all(packed));
};
