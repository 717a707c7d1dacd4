import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { securityHeaders } from './security-headers.ts';

const PUBLIC_URL = 'https://accounts.example.com';
const HEADER = /^ *add_header (?<name>\S+) (?:"(?<quoted>[^"]*)"|(?<plain>\S+)) always;$/gm;

test('nginx sends the headers that our own web server sends', async () => {
  const template = await readFile(join(import.meta.dirname, '..', 'deploy', 'nginx.conf.template'), 'utf8');
  const told = [...template.matchAll(HEADER)].map(({ groups }) => [
    groups?.['name']?.toLowerCase(),
    // Whatever PUBLIC_URL's path, the slash after it keeps it a whole source.
    (groups?.['quoted'] ?? groups?.['plain'])?.replace('${PUBLIC_URL}/', PUBLIC_URL),
  ]);
  expect(Object.fromEntries(told)).toEqual({ ...securityHeaders(PUBLIC_URL), 'cache-control': '$moonlight_caching' });
});
