import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openapiFile, renderDocument } from './render-document.ts';

test('the committed document is the one the schemas give; `npm run generate` makes it so', async () => {
  expect(await readFile(openapiFile, 'utf8')).toBe(renderDocument());
});
