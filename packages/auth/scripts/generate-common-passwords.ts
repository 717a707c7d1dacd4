/**
 * Writes src/credentials/common-passwords.gen.ts: the passwords of @zxcvbn-ts/language-common that our rule lets through,
 * the most frequent first. Run it (`pnpm run generate:common-passwords`) after an update of that package.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dictionary } from '@zxcvbn-ts/language-common';
import { foldPassword } from '../src/credentials/fold-password.ts';

const fitsRule = (password: string): boolean => {
  const length = [...password].length;
  return length >= 8 && length <= 128;
};

const passwords = new Set(dictionary['passwords-common'].map(foldPassword).filter(fitsRule));
const lines = [...passwords].map((password) => password.replaceAll(/[\\`$]/g, '\\$&'));
const notice = await readFile(new URL('../LICENSE.txt', import.meta.resolve('@zxcvbn-ts/language-common')), 'utf8');
const source = `/*! Common passwords, from @zxcvbn-ts/language-common; made by scripts/generate-common-passwords.ts.

${notice.trim()}
*/
/** Folded (see fold-password.ts), each between two line feeds, the most frequent first. */
export const commonPasswords = \`
${lines.join('\n')}
\`;
`;
await writeFile(new URL('../src/credentials/common-passwords.gen.ts', import.meta.url), source);
