import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase64urlNoPadding } from '@oslojs/encoding';

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
};

/**
 * The secret of a development machine: generated once, in a file that only its owner can read. Processes that start at the
 * same time get the same secret: each writes its own draft, and only the first one can link it to the final name.
 */
export const developmentSecret = (dataDir: string): string => {
  const file = join(dataDir, 'secret-key');
  const known = read(file);
  if (known !== undefined) return known;
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${encodeBase64urlNoPadding(randomBytes(48))}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (read(file) === undefined) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8').trim();
};
