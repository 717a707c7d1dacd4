import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { npmInstall, outsideEnv, packingEnv, runOutside, WORKSPACE } from './run-outside.ts';

const PUBLISHED = ['client', 'verify'];
const NODE_20 = `npm:node-${process.platform}-${process.arch}@20.20.2`;

const isGenerated = (path: string): boolean => ['node_modules', 'dist'].includes(basename(path));

/**
 * Packs published packages into `folder` with `npm pack`, and returns the dependencies on them. npm packs copies, because
 * it rewrites the manifest of a package while it packs it, and other tests must not read that. Rejects if a manifest is not
 * restored.
 */
export const npmPack = async (folder: string, names: readonly string[]): Promise<Record<string, string>> => {
  const workspace = join(folder, 'workspace');
  await mkdir(join(workspace, 'packages'), { recursive: true });
  await Promise.all(['tooling', 'node_modules'].map((name) => symlink(join(WORKSPACE, name), join(workspace, name))));
  const packed = names.map(async (name): Promise<[string, string]> => {
    const original = join(WORKSPACE, 'packages', name);
    const copy = join(workspace, 'packages', name);
    await cp(original, copy, { recursive: true, filter: (path) => !isGenerated(path) });
    await symlink(join(original, 'node_modules'), join(copy, 'node_modules'));
    const output = await runOutside('npm', ['pack', '--pack-destination', folder], { cwd: copy, env: packingEnv() });
    const [before, after] = await Promise.all(
      [original, copy].map((each) => readFile(join(each, 'package.json'), 'utf8')),
    );
    if (after !== before) throw new Error(`npm pack left ${name} with another package.json`);
    return [`@moonlight/${name}`, `file:${output.trim().split('\n').at(-1) ?? ''}`];
  });
  return Object.fromEntries(await Promise.all(packed));
};

// Examples that begin with a file name are parts of an app, which `createNextApp` builds.
const EXAMPLE = /^```ts\n(?<code>(?!\/\/ \S+\.ts\n)[\s\S]*?)^```$/gm;

/** Writes every TypeScript example of the READMEs to a file of its own, and returns their number. */
const writeExamples = async (folder: string): Promise<number> => {
  await mkdir(folder);
  const texts = await Promise.all(
    PUBLISHED.map((name) => readFile(join(WORKSPACE, 'packages', name, 'README.md'), 'utf8')),
  );
  const examples = texts.flatMap((text) => [...text.matchAll(EXAMPLE)].map(({ groups }) => groups?.['code'] ?? ''));
  await Promise.all(examples.map((code, index) => writeFile(join(folder, `example-${index}.ts`), code)));
  return examples.length;
};

const COMPILER = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2022', 'dom'],
  types: ['node'],
  strict: true,
  declaration: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  outDir: 'out',
  rootDir: '.',
};

/** The examples import frameworks. Their types come from the workspace, so that the project need not install them. */
const FRAMEWORKS = {
  skipLibCheck: true,
  paths: {
    express: [join(WORKSPACE, 'tooling', 'e2e', 'node_modules', '@types', 'express', 'index.d.ts')],
    fastify: [join(WORKSPACE, 'tooling', 'e2e', 'node_modules', 'fastify', 'fastify.d.ts')],
  },
};

const writeJson = (path: string, value: unknown) => writeFile(path, JSON.stringify(value, null, 2));

const writeProject = async (folder: string, dependencies: Readonly<Record<string, string>>): Promise<number> => {
  await writeJson(join(folder, 'package.json'), { name: 'consumer', private: true, type: 'module', dependencies });
  await writeJson(join(folder, 'tsconfig.json'), { compilerOptions: COMPILER, include: ['src'] });
  const compilerOptions = { ...COMPILER, ...FRAMEWORKS };
  await writeJson(join(folder, 'tsconfig.examples.json'), { compilerOptions, include: ['examples'] });
  await cp(join(import.meta.dirname, '..', 'consumer'), join(folder, 'src'), { recursive: true });
  return writeExamples(join(folder, 'examples'));
};

/** A Node 20 on the machine's PATH, if there is one. */
const findNode20 = async (): Promise<string | undefined> => {
  const folders = (outsideEnv()['PATH'] ?? '').split(delimiter);
  for (const node of folders.map((folder) => join(folder, 'node'))) {
    const version = await runOutside(node, ['--version'], { cwd: tmpdir() }).catch(() => '');
    if (version.startsWith('v20.')) return node;
  }
  return undefined;
};

export interface ConsumerProject {
  readonly folder: string;
  /** The number of examples. */
  readonly examples: number;
  /** The Node executables to run the compiled project with. */
  readonly nodes: { readonly 20: string; readonly 24: string };
  /** Runs a program of the project; rejects with its output if it fails. */
  run(program: string, args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

/** A project outside the workspace that has installed the packed packages with npm. */
export const createConsumerProject = async (): Promise<ConsumerProject> => {
  const folder = await mkdtemp(join(tmpdir(), 'moonlight-consumer-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const node20 = await findNode20();
    const examples = await writeProject(folder, {
      ...(await npmPack(folder, PUBLISHED)),
      typescript: '7.0.2',
      '@types/node': '20.19.43',
      ...(node20 === undefined ? { 'node-20': NODE_20 } : {}),
    });
    await npmInstall(folder);
    return {
      folder,
      examples,
      nodes: { 20: node20 ?? join(folder, 'node_modules', 'node-20', 'bin', 'node'), 24: process.execPath },
      run: (program, args) => runOutside(join(folder, 'node_modules', '.bin', program), args, { cwd: folder }),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
};
