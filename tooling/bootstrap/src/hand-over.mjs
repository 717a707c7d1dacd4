import { spawn, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { nodeModules, onEndRequest, root } from './environment.mjs';
import { ensureInstalled } from './install.mjs';

const NEEDED_MAJOR = 24;
const TOOLS = ['bench', 'build', 'chaos', 'start', 'test'];
// Runs an installed program: documented commands work before anything was installed.
const EXEC = 'exec';

/**
 * Finds a Node that can run the service: the installed one, or the shell's if that is new enough. The registry has no Node
 * for some platforms, and on some systems the installed one cannot run.
 *
 * @returns {string} The executable.
 */
const findNode = () => {
  const installed = join(nodeModules, `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (spawnSync(installed, ['--version']).status === 0) return installed;
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) return process.execPath;
  throw new Error(
    `Moonlight runs on Node ${NEEDED_MAJOR} and installs it on Linux only. Here (${process.platform} on ${process.arch}) ` +
      `it needs Node ${NEEDED_MAJOR} or newer in the shell, which has ${process.versions.node}: https://nodejs.org`,
  );
};

/**
 * Runs `tooling/<tool>/src/main.ts` on `node` and passes requests to end on to it.
 *
 * @param {string} node The executable.
 * @param {readonly string[]} command The tool and its arguments; or `exec`, an installed program and its arguments.
 * @returns {Promise<number>} Its exit code.
 */
export const handOver = (node, [tool = '', ...args]) =>
  new Promise((resolve, reject) => {
    const path = [join(nodeModules, '.bin'), process.env['PATH'] ?? ''].join(delimiter);
    const [file, ...rest] =
      tool === EXEC
        ? [join(nodeModules, '.bin', args[0] ?? ''), ...args.slice(1)]
        : [node, join(root, 'tooling', tool, 'src', 'main.ts'), ...args];
    const child = spawn(file, rest, {
      cwd: root,
      env: { ...process.env, PATH: path },
      // No message is sent over the channel: when it closes, the child knows that this process was killed.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    onEndRequest((signal) => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });

/**
 * Installs what is missing and runs a tool on the Node version that the service needs.
 *
 * @param {readonly string[]} command The tool and its arguments.
 */
export const run = async (command) => {
  const [tool = ''] = command;
  if (tool !== EXEC && !TOOLS.includes(tool)) throw new Error(`Name the tool to run: ${TOOLS.join(', ')}.`);
  await ensureInstalled();
  process.exitCode = await handOver(findNode(), command);
};
