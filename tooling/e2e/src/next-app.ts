import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { npmPack } from './consumer-project.ts';
import { npmInstall, outsideEnv, runOutside, WORKSPACE } from './run-outside.ts';

const DEPENDENCIES = {
  next: '16.4.6',
  react: '19.3.1',
  'react-dom': '19.3.1',
  typescript: '7.0.2',
  '@types/node': '20.19.43',
};

// The proxy of the README matches none of these pages, so they find an expired token in the cookie.
const PAGES = {
  'app/layout.js': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;',
  'app/rendered/page.js': `
    import { isMoonlightError } from '@moonlight/client';
    import { createMoonlight } from '../../lib/moonlight';
    export default async function Rendered() {
      const moonlight = await createMoonlight();
      try {
        return <p>{(await moonlight.account.profile.query()).username}</p>;
      } catch (error) {
        if (!isMoonlightError(error)) throw error;
        return <p>{error.data.error}</p>;
      }
    }`,
  'app/handled/route.js': `
    import { createMoonlight } from '../../lib/moonlight';
    export const GET = async () => {
      const moonlight = await createMoonlight();
      return new Response((await moonlight.account.profile.query()).username);
    };`,
};

const EXAMPLE = /^```(?<kind>tsx?)\n(?<code>\/\/ (?<path>\S+)\.tsx?\n[\s\S]*?)^```$/gm;

interface Source {
  readonly path: string;
  readonly text: string;
}

/** The examples of the client's README that begin with a file name: as they are, and without types. */
const readExamples = async (): Promise<{ readonly typed: Source[]; readonly plain: Source[] }> => {
  const readme = await readFile(join(WORKSPACE, 'packages', 'client', 'README.md'), 'utf8');
  const found = [...readme.matchAll(EXAMPLE)].map(({ groups }) => ({
    kind: groups?.['kind'] ?? '',
    path: groups?.['path'] ?? '',
    code: groups?.['code'] ?? '',
  }));
  return {
    typed: found
      .filter(({ kind }) => kind === 'ts')
      .map(({ path, code }) => ({ path: `examples/${path}.ts`, text: code })),
    // The page has no types. Without TypeScript files, Next.js needs no TypeScript of its own, which would be another version.
    plain: found.map(({ kind, path, code }) => ({
      path: `${path}.js`,
      text: kind === 'ts' ? stripTypeScriptTypes(code) : code,
    })),
  };
};

const COMPILER = {
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  types: ['node'],
  lib: ['es2022', 'dom'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
};

const writeApp = async (folder: string): Promise<void> => {
  const { typed, plain } = await readExamples();
  const pages = Object.entries(PAGES).map(([path, text]) => ({ path, text }));
  const dependencies = { ...(await npmPack(folder, ['client'])), ...DEPENDENCIES };
  const manifest = { name: 'next-app', private: true, type: 'module', dependencies };
  const files = [
    ...typed,
    ...plain,
    ...pages,
    { path: 'package.json', text: JSON.stringify(manifest) },
    { path: 'examples/tsconfig.json', text: JSON.stringify({ compilerOptions: COMPILER }) },
  ];
  for (const { path, text } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
};

const LISTENING = /Local:\s+(?<url>http:\S+)[\s\S]*Ready/;

/** The address at which the server listens. Rejects with its output if it ends before. */
const addressOf = (server: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = LISTENING.exec(output)?.groups?.['url'];
      if (url !== undefined) resolve(url);
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.once('exit', () => reject(new Error(`next start ended:\n${output}`)));
  });

export interface NextApp {
  readonly url: string;
  close(): Promise<void>;
}

/** Installs, type-checks, builds and starts the Next.js app of the client's README, outside the workspace. */
export const startNextApp = async (moonlightUrl: string): Promise<NextApp> => {
  const folder = await mkdtemp(join(tmpdir(), 'moonlight-next-'));
  const env = { ...outsideEnv(), NEXT_TELEMETRY_DISABLED: '1', MOONLIGHT_URL: moonlightUrl };
  const next = join(folder, 'node_modules', 'next', 'dist', 'bin', 'next');
  try {
    await writeApp(folder);
    await npmInstall(folder);
    await runOutside(join(folder, 'node_modules', '.bin', 'tsc'), ['-p', 'examples'], { cwd: folder });
    await runOutside(process.execPath, [next, 'build'], { cwd: folder, env });
    const server = spawn(process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', '0'], { cwd: folder, env });
    const url = await addressOf(server);
    return {
      url,
      close: async () => {
        server.kill('SIGKILL');
        await once(server, 'close');
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};
