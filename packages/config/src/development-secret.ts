import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase64urlNoPadding } from '@oslojs/encoding';

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
};

const closeToOthers = (path: string, mode: number): void => {
  if ((statSync(path).mode & 0o077) === 0) return;
  try {
    chmodSync(path, mode);
  } catch {
    process.emitWarning(`Other accounts can read ${path}, and this account may not change that.`);
  }
};

const isOurs = (name: string): boolean => name === 'postgres' || name.startsWith('secret-key');

/** Closes DATA_DIR to other accounts, unless it contains files of other programs, which may need it as it is. */
const protect = (dataDir: string): void => {
  closeToOthers(join(dataDir, 'secret-key'), 0o600);
  if (readdirSync(dataDir).every(isOurs)) closeToOthers(dataDir, 0o700);
};

/**
 * The secret of a development machine: generated once, in a file that only its owner can read. Processes that start at the
 * same time get the same secret: each writes its own draft, and only the first one can link it to the final name.
 */
export const developmentSecret = (dataDir: string): string => {
  const file = join(dataDir, 'secret-key');
  const known = read(file);
  if (known !== undefined) {
    protect(dataDir);
    return known;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${encodeBase64urlNoPadding(randomBytes(48))}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (read(file) === undefined) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  protect(dataDir);
  return readFileSync(file, 'utf8').trim();
};
