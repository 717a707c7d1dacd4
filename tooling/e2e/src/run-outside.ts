import { execFile } from 'node:child_process';
import { delimiter, dirname, join, sep } from 'node:path';

export const WORKSPACE: string = join(import.meta.dirname, '..', '..', '..');

/** Variables that package managers, Node and vitest set for programs of the workspace. */
const WORKSPACE_VARIABLE = /^(?:npm|pnpm|NODE|VITEST)/i;

/** Exceptions: the settings of the registry. npm ignores case in its variables, and accepts `-` for `_`. */
const REGISTRY_VARIABLES = [
  /^npm_config_(?:globalconfig|userconfig|prefix|cache|maxsockets)$/i,
  /^npm_config_(?:.*registry|\/\/.*|_auth.*)$/i,
  /^npm_config_(?:(?:https?[-_])?proxy|no[-_]?proxy|local[-_]address)$/i,
  /^npm_config_(?:ca|cafile|cert|key|strict[-_]ssl)$/i,
  /^NODE_(?:EXTRA_CA_CERTS|USE_SYSTEM_CA|USE_ENV_PROXY|TLS_REJECT_UNAUTHORIZED)$/,
];

const mayLeaveWorkspace = (name: string): boolean =>
  !WORKSPACE_VARIABLE.test(name) || REGISTRY_VARIABLES.some((variable) => variable.test(name));

const isInWorkspace = (folder: string): boolean => folder === WORKSPACE || folder.startsWith(WORKSPACE + sep);

/**
 * The environment of a program outside the workspace: it finds no program and no setting of the workspace, but everything
 * that configures npm's registry. PATH lacks the workspace's Node, because npm looks for the global npmrc beside the Node
 * that runs it.
 */
export const outsideEnv = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => mayLeaveWorkspace(name))),
  PATH: (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !isInWorkspace(folder))
    .join(delimiter),
});

/** The same, but with the Node of this process first: scripts of the workspace need it. */
export const packingEnv = (): NodeJS.ProcessEnv => ({
  ...outsideEnv(),
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
});

interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

// Well below the time that tests allow for their set-up, so that the program's own output is reported.
const TIMEOUT_MS = 100_000;

/**
 * Runs a program and returns its standard output. Rejects with everything it wrote if it fails, cannot be started, or does
 * not end within 100 s.
 */
export const runOutside = (
  program: string,
  args: readonly string[],
  { cwd, env = outsideEnv() }: RunOptions,
): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const ending = error.killed === true ? `did not end within ${TIMEOUT_MS / 1000} s` : `failed (${error.code})`;
      const output = `${stdout}\n${stderr}`.trim() || error.message;
      return reject(new Error(`${program} ${args.join(' ')} ${ending}:\n${output}`));
    });
  });

// By default npm waits minutes for an unreachable registry. With these limits it gives up within 2 s if connections are
// refused, and within 31 s if the registry accepts them but does not answer. `http` makes npm log each request.
const NPM_INSTALL = [
  'install',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--prefer-offline',
  '--ignore-scripts',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=500',
  '--fetch-retry-maxtimeout=1000',
  '--fetch-timeout=15000',
  '--loglevel=http',
];

/** Installs a project through the registry that npm is configured with. Rejects with npm's output if that fails. */
export const npmInstall = async (folder: string, env: NodeJS.ProcessEnv = process.env): Promise<void> => {
  await runOutside('npm', NPM_INSTALL, { cwd: folder, env: outsideEnv(env) });
};
