/**
 * Writes src/credentials/common-passwords.json: the passwords of @zxcvbn-ts/language-common that the password rule
 * allows, the most frequent first. Run `pnpm run generate:common-passwords` after an update of that package.
 */
import { writeFile } from 'node:fs/promises';
import { dictionary } from '@zxcvbn-ts/language-common';
import { foldPassword } from '../src/credentials/password-rules.ts';

const fitsRule = (password: string): boolean => {
  const length = [...password].length;
  return length >= 8 && length <= 128;
};

const passwords = new Set(dictionary['passwords-common'].map(foldPassword).filter(fitsRule));
const file = new URL('../src/credentials/common-passwords.json', import.meta.url);
await writeFile(file, `${JSON.stringify([...passwords], undefined, 2)}\n`);
