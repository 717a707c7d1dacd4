import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { renderTypes, typesFile } from './render-types.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

test('redocly finds no error and no warning in the committed document', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    'node_modules/.bin/redocly',
    ['lint', '../../packages/rest/openapi.json'],
    {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', REDOCLY_TELEMETRY: 'off' },
    },
  );
  expect(`${stdout}${stderr}`).toContain('Your API description is valid');
  expect(`${stdout}${stderr}`).not.toMatch(/warning|error/i);
});

test('the generated types are up to date (`npm run generate` updates them)', async () => {
  expect(await readFile(typesFile, 'utf8')).toBe(await renderTypes());
});
