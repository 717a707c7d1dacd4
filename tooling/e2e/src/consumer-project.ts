import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PUBLISHED = ['client', 'verify'];
const NODE_20 = `node-${process.platform}-${process.arch}`;

/** What runs outside must not find the workspace: none of its programs, none of what its package manager told. */
const OUTSIDE = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm|pnpm|NODE|VITEST)/i.test(name)),
);

const pack = async (folder: string): Promise<string[]> => {
  const filters = PUBLISHED.flatMap((name) => ['--filter', `@moonlight/${name}`]);
  await run('pnpm', [...filters, 'pack', '--pack-destination', folder], { cwd: ROOT });
  return (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
};

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

const writeProject = async (folder: string, tarballs: readonly string[]): Promise<number> => {
  const dependencies = Object.fromEntries(
    tarballs.map((name) => [name.replace(/^moonlight-(\w+)-.*/, '@moonlight/$1'), `file:${name}`]),
  );
  const devDependencies = {
    '@types/express': '5.0.6',
    '@types/node': '20',
    express: '5.3.0',
    fastify: '5.12.8',
    'node-20': `npm:${NODE_20}@20.20.2`,
    typescript: '7.0.2',
  };
  const manifest = { name: 'stranger', private: true, type: 'module', dependencies, devDependencies };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: COMPILER, include: ['src', 'examples'] }),
  );
  await cp(join(import.meta.dirname, '..', 'consumer'), join(folder, 'src'), { recursive: true });
  return writeExamples(join(folder, 'examples'));
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
  const outside = async (program: string, args: readonly string[]): Promise<string> => {
    const env = { ...OUTSIDE, PATH: process.env['PATH'] };
    const { stdout } = await run(program, args, { cwd: folder, env }).catch(
      (error: { stdout: string; stderr: string }) => {
        throw new Error(`${program} ${args.join(' ')}\n${error.stdout}\n${error.stderr}`);
      },
    );
    return stdout;
  };
  const examples = await writeProject(folder, await pack(folder));
  await outside('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']);
  return {
    folder,
    examples,
    nodes: { 20: join(folder, 'node_modules', 'node-20', 'bin', 'node'), 24: process.execPath },
    run: (program, args) => outside(join(folder, 'node_modules', '.bin', program), args),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
