import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { renderContactSheet } from './testing/render-contact-sheet.ts';
import { sampleMails } from './testing/sample-mails.ts';

test('writes a contact sheet of every mail in every language', async () => {
  const sheet = await renderContactSheet(sampleMails, 'Moonlight');
  expect(sheet.match(/<iframe/g)).toHaveLength(sampleMails.length);
  const folder = new URL('../.contact-sheet/', import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL('index.html', folder), sheet);
});
